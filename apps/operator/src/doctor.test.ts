import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const DOCTOR = join(import.meta.dirname, 'doctor.ts');

/** Runs the command in a process of its own, with this environment. */
function run(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    // Without `--`, Node.js takes the `--env-file` of the command for its own.
    execFile(process.execPath, ['--', DOCTOR, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

function writeSettings(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, '.env');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test('findings end with exit code 1, as text for people', async () => {
  const { code, stdout } = await run(['http://127.0.0.1:9']);
  expect(code).toBe(1);
  expect(stdout).toContain(
    '1 finding:\n\nunreachable\n  http://127.0.0.1:9 does not answer: nothing listens there.\n  → ',
  );
});

test('--json prints the findings for scripts', async () => {
  const path = writeSettings('WEB_ORIGIN=canary\nOAUTH_PROVIDER=https://aihubmix.example\n');
  const { code, stdout } = await run(['--env-file', path, '--json']);
  expect(code).toBe(1);
  const { findings } = JSON.parse(stdout);
  expect(findings).toHaveLength(4);
  expect(findings).toContainEqual({
    code: 'setting_invalid',
    problem: expect.stringMatching(/^SESSION_KEYS is missing/),
    remedy: expect.stringContaining('apps/api/README.md'),
  });
  expect(stdout).not.toContain('canary');
});

test('the environment alone is a configuration', async () => {
  const { code, stdout } = await run(['--env-file', writeSettings('')], { WEB_ORIGIN: 'canary' });
  expect(code).toBe(1);
  expect(stdout).toContain('WEB_ORIGIN must be an exact origin');
});

test.each([
  [['ftp://app.example.com']],
  [['https://user:canary@app.example.com']],
  [['https://app.example.com', '--probe-provider']],
  [['--unknown=canary']],
  [['--env-file', '/does/not/exist']],
])('%j can not be run: exit code 2 and a reason', async (args) => {
  const { code, stdout, stderr } = await run(args);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/Usage: |\/does\/not\/exist does not exist/);
  expect(stderr).not.toContain('canary');
});

test('--help shows how to use the command', async () => {
  expect(await run(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--probe-provider'),
  });
});
