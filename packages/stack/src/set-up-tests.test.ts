import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setUpTests } from './set-up-tests.ts';

let bin: string;
let printed: string[];

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'set-up-'));
  printed = [];
  vi.stubEnv('PATH', bin);
  vi.stubEnv('REDIS_URL', undefined);
  // Where Playwright looks for its own download: it has none.
  vi.stubEnv('PLAYWRIGHT_BROWSERS_PATH', bin);
  vi.stubEnv('PLAYWRIGHT_CHROMIUM_EXECUTABLE', program('given-browser'));
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function program(name: string, line = 'exit 0'): string {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** An apt-get that writes down its arguments and, for each package, a program of the given name. */
function aptGet(programs: Record<string, string>): () => string[] {
  const log = join(bin, 'log');
  const cases = Object.entries(programs).map(
    ([name, made]) => `${name}) printf '#!/bin/sh\\n' > '${bin}/${made}'; /bin/chmod 755 '${bin}/${made}';;`,
  );
  program('apt-get', `echo "$@" >> '${log}'; for last do :; done; case "$last" in ${cases.join(' ')} esac`);
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
}

test('nothing is installed if Chromium, Redis, nginx and Caddy are there', async () => {
  program('redis-server');
  program('nginx');
  program('caddy');
  const calls = aptGet({});
  await setUpTests({ withAllBrowsers: false, isRoot: true });
  expect(calls()).toEqual([]);
  expect(printed).toEqual([]);
});

test('as root on Debian the missing packages are installed, and each command is printed before it runs', async () => {
  const calls = aptGet({ 'redis-server': 'redis-server', 'nginx-light': 'nginx', caddy: 'caddy' });
  await setUpTests({ withAllBrowsers: false, isRoot: true, hasSystemd: false });
  expect(calls()).toEqual([
    expect.stringMatching(/ update$/),
    expect.stringMatching(/ install -y --no-install-recommends redis-server$/),
    expect.stringMatching(/ install -y --no-install-recommends nginx-light$/),
    expect.stringMatching(/ install -y --no-install-recommends caddy$/),
  ]);
  expect(printed).toEqual(
    calls().map((call) => `The tests need a program that is missing. Running: apt-get ${call}`),
  );
});

test('where systemd runs, the services of newly installed servers are stopped, and no others', async () => {
  program('redis-server');
  const calls = aptGet({ 'nginx-light': 'nginx', caddy: 'caddy' });
  program('systemctl', `echo "$@" >> '${join(bin, 'log')}'`);
  await setUpTests({ withAllBrowsers: false, isRoot: true, hasSystemd: true });
  expect(calls().filter((call) => call.startsWith('disable'))).toEqual([
    'disable --now nginx',
    'disable --now caddy',
  ]);
});

test('Firefox and WebKit are installed only on request, and their absence is no error', async () => {
  program('redis-server');
  program('nginx');
  program('caddy');
  const calls = aptGet({});
  await setUpTests({ withAllBrowsers: true, isRoot: true });
  expect(calls().map((call) => call.split(' ').at(-1))).toEqual([
    'update',
    'firefox-esr',
    'webkit2gtk-driver',
    'xvfb',
  ]);
});

test('a user who is not root installs no system packages and is told what to do', async () => {
  const calls = aptGet({ 'redis-server': 'redis-server' });
  await expect(setUpTests({ withAllBrowsers: true, isRoot: false })).rejects.toThrow(
    /^The tests need redis-server\. Install it, or name your own: .* REDIS_URL is/,
  );
  expect(calls()).toEqual([]);
});

test('a missing web server is no error where it cannot be installed', async () => {
  program('redis-server');
  await setUpTests({ withAllBrowsers: false, isRoot: false });
  expect(printed).toEqual([]);
});

test('a failed installation of Redis is reported, and the error says what is missing', async () => {
  program('apt-get', 'exit 100');
  await expect(setUpTests({ withAllBrowsers: false, isRoot: true })).rejects.toThrow(
    'The tests need redis-server.',
  );
  expect(printed.at(-1)).toMatch(/^Command failed with exit code 100: apt-get/);
});

test('REDIS_URL makes an installed Redis unnecessary', async () => {
  vi.stubEnv('REDIS_URL', 'redis://127.0.0.1:6379');
  await setUpTests({ withAllBrowsers: false, isRoot: false });
  expect(printed).toEqual([]);
});
