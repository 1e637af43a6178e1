import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findRedisServer } from './find-redis-server.ts';

let bin: string;
let attempts: string[];

beforeEach(() => {
  bin = join(mkdtempSync(join(tmpdir(), 'redis-')), 'bin');
  mkdirSync(bin);
  attempts = [];
});

function program(name: string, line = 'exit 0'): string {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

const find = ({ isRoot = false } = {}) =>
  findRedisServer({
    environment: { PATH: bin },
    platform: 'linux',
    isRoot,
    onAttempt: (sentence) => void attempts.push(sentence),
  });

test('one on PATH is taken', () => {
  const installed = program('redis-server');
  expect(find()).toBe(installed);
  expect(attempts).toEqual([]);
});

test("if there is none, root on Debian gets the system's", () => {
  const made = join(bin, 'redis-server');
  program(
    'apt-get',
    `[ "$*" = "install -y -q redis-server" ] || exit 0; printf '#!/bin/sh\\n' > '${made}' && /bin/chmod 755 '${made}'`,
  );
  expect(find({ isRoot: true })).toBe(made);
  expect(attempts).toEqual([
    'Reading the lists of system packages (for 10 minutes at most) …',
    'Installing Redis as a system package (for 10 minutes at most) …',
  ]);
});

test('anybody else is told what to do', () => {
  program('apt-get', `touch '${join(bin, 'redis-server')}'`);
  expect(() => find()).toThrow(/^No redis-server can be found or installed: install it/);
  expect(attempts).toEqual([]);
});

test('so is root where the installation fails', () => {
  program('apt-get', 'exit 1');
  expect(() => find({ isRoot: true })).toThrow(/^No redis-server can be found or installed/);
  expect(attempts.at(-1)).toBe('That did not work (exit code 1).');
});
