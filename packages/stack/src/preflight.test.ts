import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, missingDependencies } from './preflight.js';

const machine = { nodeVersion: '24.0.0', missing: [], underPnpm: true, script: 'test' };

test('nothing is wrong with the Node.js that is needed, or a newer one', () => {
  expect(judge(machine)).toBeUndefined();
  expect(judge({ ...machine, nodeVersion: '26.1.0' })).toBeUndefined();
});

test('an old Node.js under pnpm means that the installation has failed', () => {
  expect(judge({ ...machine, nodeVersion: '20.20.2', missing: ['node'] })).toBe(
    'This is Node.js 20.20.2, 24 is needed; it comes with the dependencies, and some of those are missing (node): ' +
      'something must have gone wrong while installing, so run "npx -y pnpm@12 install" and look at its error.',
  );
});

test('an old Node.js beside complete dependencies is told how to start with the right one', () => {
  expect(judge({ ...machine, nodeVersion: '9.0.0', underPnpm: false })).toBe(
    'This is Node.js 9.0.0, 24 is needed: start with "npx -y pnpm@12 test", which brings its own, or install Node.js 24.',
  );
});

test('missing dependencies are named, a few of them', () => {
  const missing = ['turbo', 'vite', 'fastify', 'jose', 'undici'];
  expect(judge({ ...machine, missing })).toBe(
    'Some dependencies are missing (turbo, vite, fastify and 2 more): ' +
      'something must have gone wrong while installing, so run "npx -y pnpm@12 install" and look at its error.',
  );
  expect(judge({ ...machine, missing: ['turbo'], underPnpm: false })).toBe(
    'Some dependencies are missing (turbo): start with "npx -y pnpm@12 test", which installs them first.',
  );
});

test('finds what any package asks for and nobody has installed', () => {
  const root = mkdtempSync(join(tmpdir(), 'workspace-'));
  const write = (directory: string, manifest: object) => {
    mkdirSync(join(root, directory), { recursive: true });
    writeFileSync(join(root, directory, 'package.json'), JSON.stringify(manifest));
  };
  write('.', { devDependencies: { turbo: '2' }, optionalDependencies: { node: '24' } });
  write('apps/web', { dependencies: { react: '19', vite: '8' } });
  write('packages/empty', {});
  mkdirSync(join(root, 'packages/left-over'));
  mkdirSync(join(root, 'apps/web/node_modules/react'), { recursive: true });

  expect(missingDependencies(root, { needsOwnNode: false })).toEqual(['turbo', 'vite']);
  expect(missingDependencies(root, { needsOwnNode: true })).toEqual(['turbo', 'node', 'vite']);
});
