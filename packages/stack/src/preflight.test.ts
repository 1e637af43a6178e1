import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Machine {
  nodeVersion?: string;
  isInstalled?: boolean;
  isUnderPnpm?: boolean;
}

/** Runs preflight.js in a workspace of its own, with a Node.js that claims to be of the given version. */
function preflight({ nodeVersion = '24.0.0', isInstalled = true, isUnderPnpm = true }: Machine) {
  const root = mkdtempSync(join(tmpdir(), 'workspace-'));
  const script = join(root, 'packages/stack/src/preflight.js');
  mkdirSync(join(root, 'packages/stack/src'), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'preflight.js'), script);
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  mkdirSync(join(root, 'node_modules'));
  if (isInstalled) writeFileSync(join(root, 'node_modules/.modules.yaml'), '');
  const version = `Object.defineProperty(process, 'versions', { value: { node: '${nodeVersion}' } });`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(version)}`, script],
    {
      encoding: 'utf8',
      env: { npm_lifecycle_event: 'test', npm_config_user_agent: isUnderPnpm ? 'pnpm/12.0.0' : 'npm/10.0.0' },
    },
  );
  return { status, sentence: stderr.trim() };
}

test.each(['24.0.0', '26.1.0'])('Node.js %s with all dependencies passes', (nodeVersion) => {
  expect(preflight({ nodeVersion })).toEqual({ status: 0, sentence: '' });
});

test('an old Node.js under pnpm means that the installation has failed', () => {
  expect(preflight({ nodeVersion: '20.20.2' })).toEqual({
    status: 1,
    sentence:
      'This is Node.js 20.20.2, and 24 is needed, which the dependencies bring: ' +
      'the installation has failed, so run "npx -y pnpm@12 install" and look at its error.',
  });
});

test('with an old Node.js and without pnpm, the sentence names the command that installs the right one', () => {
  expect(preflight({ nodeVersion: '9.0.0', isUnderPnpm: false })).toEqual({
    status: 1,
    sentence:
      'This is Node.js 9.0.0, and 24 is needed, which the dependencies bring: ' +
      'start with "npx -y pnpm@12 test", which installs them first.',
  });
});

test('missing dependencies are reported with and without pnpm', () => {
  expect(preflight({ isInstalled: false }).sentence).toBe(
    'The dependencies are not installed: the installation has failed, so run "npx -y pnpm@12 install" and look at its error.',
  );
  expect(preflight({ isInstalled: false, isUnderPnpm: false })).toEqual({
    status: 1,
    sentence:
      'The dependencies are not installed: start with "npx -y pnpm@12 test", which installs them first.',
  });
});
