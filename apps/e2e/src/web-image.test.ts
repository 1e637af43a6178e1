import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import { inWorkspace } from '@oneclick/stack/workspace';
import { installedWebServers } from '@oneclick/stack/web-servers';
import getPort from 'get-port';

/*
 * What the image of the web app runs, without Docker: the files that apps/web/deploy/Dockerfile copies, in an empty folder that
 * its user can't write to.
 */

const DOCKERFILE = readFileSync(inWorkspace('apps/web/deploy/Dockerfile'), 'utf8');
const USER_ID = 1000;
const isRoot = process.getuid?.() === 0;

/** The second stage, with each instruction on one line. */
const instructions = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM ')).replaceAll('\\\n', '');

function commandOf(instruction: 'CMD' | 'HEALTHCHECK'): string[] {
  const [, command = ''] = new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(instructions) ?? [];
  return JSON.parse(command);
}

/** Copies what the image contains, and Node.js, as read-only files. */
function fillFolder(folder: string): void {
  for (const [, paths = ''] of instructions.matchAll(/^COPY (?:--from=build )?(.+)$/gm)) {
    const sources = paths.split(' ').map((path) => path.replace(/^\/repository\//, ''));
    const target = sources.pop() ?? '';
    for (const source of sources) {
      const name = target === './' ? (source.split('/').pop() ?? '') : target;
      cpSync(inWorkspace(source), join(folder, 'web', name), { recursive: true });
    }
  }
  cpSync(process.execPath, join(folder, 'bin/node'));
  setModes(folder, { file: 0o555, folder: 0o555 });
}

function setModes(folder: string, modes: { file: number; folder: number }): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? modes.folder : modes.file);
  }
  chmodSync(folder, modes.folder);
}

/** Lets nginx finish its requests, if one writes below this folder. */
function stopNginx(temporary: string): void {
  for (const site of readdirSync(temporary)) {
    const file = join(temporary, site, 'nginx.pid');
    if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')), 'SIGQUIT');
  }
}

test('the image of the web app serves it configured, forwards to the API, and reports its health', async () => {
  test.skip(!installedWebServers.nginx || process.platform !== 'linux', 'nginx is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'web-image-'));
  const temporary = mkdtempSync(join(tmpdir(), 'web-image-tmp-'));
  const api = createServer(({ url, headers }, response) =>
    response.end(JSON.stringify({ url, from: headers['x-forwarded-for'] })),
  );
  await once(api.listen(0, '127.0.0.1'), 'listening');
  try {
    fillFolder(folder);
    if (isRoot) chmodSync(temporary, 0o777);
    const address = api.address();
    const port = await getPort();
    const env = {
      PATH: `${folder}/bin:/usr/sbin:/usr/bin:/bin`,
      TMPDIR: temporary,
      PORT: String(port),
      API_ADDRESS: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      BRAND_NAME: 'Acme',
    };
    const options = { cwd: join(folder, 'web'), env, ...(isRoot && { uid: USER_ID, gid: USER_ID }) };
    const checkHealth = () => {
      const [program = '', ...args] = commandOf('HEALTHCHECK');
      return spawnSync(program, args, options).status;
    };

    const refused = spawnSync('sh', ['start-nginx.sh'], {
      ...options,
      env: { ...env, BRAND_ACCENT: 'red' },
      encoding: 'utf8',
    });
    expect(refused.stderr).toContain('BRAND_ACCENT must be a colour');
    expect(refused.status).toBe(1);
    expect(checkHealth()).toBe(1);

    // The log goes through a pipe of this user, because nginx opens it anew.
    const server = spawn('sh', ['-c', `${commandOf('CMD').join(' ')} 2>&1 | cat`], options);
    const log = text(server.stdout);
    const origin = `http://127.0.0.1:${port}`;
    await expect
      .poll(() =>
        fetch(origin).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    expect(checkHealth()).toBe(0);

    const page = await fetch(origin, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(page.headers.get('content-encoding')).toBe('gzip');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<title>Acme</title>');
    const missing = await fetch(`${origin}/assets/missing.js`);
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store']);
    const forwarded = await fetch(`${origin}/oauth/callback?code=secret`);
    expect(await forwarded.json()).toEqual({ url: '/oauth/callback?code=secret', from: '127.0.0.1' });

    stopNginx(temporary);
    expect(await log).toContain('"GET /oauth/callback" 200');
    expect(await log).not.toContain('secret');
  } finally {
    stopNginx(temporary);
    api.close();
    setModes(folder, { file: 0o644, folder: 0o755 });
    for (const path of [folder, temporary]) rmSync(path, { recursive: true });
  }
});
