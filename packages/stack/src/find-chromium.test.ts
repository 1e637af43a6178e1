import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findChromium, type ChromiumSearch } from './find-chromium.ts';

let root: string;
let attempts: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chromium-'));
  attempts = [];
  mkdirSync(join(root, 'bin'));
});

/** A program made of one line of shell; by default one that runs well. */
function program(name: string, line = 'exit 0'): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

/** What would make a program of that name when run. */
function maker(path: string): string {
  return `printf '#!/bin/sh\\n' > '${path}' && /bin/chmod 755 '${path}'`;
}

function find(search: ChromiumSearch = {}): string {
  return findChromium({
    environment: { PATH: join(root, 'bin') },
    platform: 'linux',
    isRoot: false,
    usualPlaces: [],
    onAttempt: (sentence) => void attempts.push(sentence),
    ...search,
  });
}

test('the one that is named comes before all others', () => {
  const named = program('named');
  const environment = { PLAYWRIGHT_CHROMIUM_EXECUTABLE: named, PATH: join(root, 'bin') };
  expect(find({ environment, downloadedExecutable: program('downloaded') })).toBe(named);
});

test('a named one that is not there is an error, whatever else there is', () => {
  const environment = { PLAYWRIGHT_CHROMIUM_EXECUTABLE: join(root, 'nowhere'), PATH: join(root, 'bin') };
  expect(() => find({ environment, downloadedExecutable: program('downloaded') })).toThrow(
    'PLAYWRIGHT_CHROMIUM_EXECUTABLE names no program that can be run',
  );
});

test("Playwright's own comes before an installed one", () => {
  program('bin/chromium');
  expect(find({ downloadedExecutable: program('downloaded') })).toBe(join(root, 'downloaded'));
});

test('one on PATH comes before the usual places', () => {
  const onPath = program('bin/google-chrome');
  const usual = program('usual');
  expect(find({ usualPlaces: [usual] })).toBe(onPath);
  expect(find({ usualPlaces: [usual], environment: {} })).toBe(usual);
});

test('one that does not run is passed over, and that is said', () => {
  const broken = program('downloaded', 'exit 127');
  expect(find({ downloadedExecutable: broken, usualPlaces: [program('usual')] })).toBe(join(root, 'usual'));
  expect(attempts).toEqual([`${broken} is there but does not run.`]);
});

test("if there is none, Playwright's is downloaded", () => {
  const downloadedExecutable = join(root, 'downloaded');
  const playwrightCli = join(root, 'cli.cjs');
  writeFileSync(
    playwrightCli,
    `if (process.argv.slice(2).join(' ') === 'install chromium')
      require('node:fs').writeFileSync(${JSON.stringify(downloadedExecutable)}, '#!/bin/sh\\n', { mode: 0o755 });`,
  );
  expect(find({ downloadedExecutable, playwrightCli })).toBe(downloadedExecutable);
  expect(attempts).toEqual(["No Chromium found: downloading Playwright's (for 5 minutes at most) …"]);
});

test("if that fails, root on Debian gets the system's", () => {
  const installed = join(root, 'bin/chromium');
  program('bin/apt-get', `[ "$1" = install ] || exit 0; ${maker(installed)}`);
  const playwrightCli = join(root, 'cli.cjs');
  writeFileSync(playwrightCli, 'process.exit(1)');
  expect(find({ playwrightCli, isRoot: true })).toBe(installed);
  expect(attempts).toEqual([
    "No Chromium found: downloading Playwright's (for 5 minutes at most) …",
    'That did not work (exit code 1).',
    'Reading the lists of system packages (for 10 minutes at most) …',
    'Installing Chromium as a system package (for 10 minutes at most) …',
  ]);
});

test('one that somebody else has installed meanwhile is taken', () => {
  const installed = join(root, 'bin/chromium');
  const playwrightCli = join(root, 'cli.cjs');
  writeFileSync(
    playwrightCli,
    `require('node:fs').writeFileSync(${JSON.stringify(installed)}, '#!/bin/sh\\n', { mode: 0o755 }); process.exit(1);`,
  );
  expect(find({ playwrightCli })).toBe(installed);
});

test('nobody but root installs system packages', () => {
  program('bin/apt-get', maker(join(root, 'bin/chromium')));
  expect(() => find()).toThrow(/^No Chromium can be found or installed: install Chrome or Chromium/);
  expect(attempts).toEqual([]);
});
