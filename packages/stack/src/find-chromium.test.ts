import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findChromium } from './find-chromium.ts';

let bin: string;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'chromium-'));
  vi.stubEnv('PATH', bin);
  vi.stubEnv('PLAYWRIGHT_CHROMIUM_EXECUTABLE', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

/** Writes a program of one line of shell. By default it runs well. */
function program(name: string, line = 'exit 0'): string {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

test('the browser that PLAYWRIGHT_CHROMIUM_EXECUTABLE names comes first', () => {
  const named = program('named');
  vi.stubEnv('PLAYWRIGHT_CHROMIUM_EXECUTABLE', named);
  expect(findChromium(program('downloaded'))).toBe(named);
});

test('an error says that PLAYWRIGHT_CHROMIUM_EXECUTABLE names no program, even if another browser is installed', () => {
  vi.stubEnv('PLAYWRIGHT_CHROMIUM_EXECUTABLE', join(bin, 'nowhere'));
  expect(() => findChromium(program('downloaded'))).toThrow(
    'PLAYWRIGHT_CHROMIUM_EXECUTABLE names no program that can be run',
  );
});

test("Playwright's own download comes before a browser on PATH", () => {
  const onPath = program('google-chrome');
  expect(findChromium(program('downloaded'))).toBe(join(bin, 'downloaded'));
  expect(findChromium(join(bin, 'nowhere'))).toBe(onPath);
});

test('a browser that does not run is skipped, and a line says so', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const broken = program('downloaded', 'exit 127');
  const onPath = program('chromium');
  expect(findChromium(broken)).toBe(onPath);
  expect(write).toHaveBeenCalledWith(`${broken} is installed but does not run.\n`);
  write.mockRestore();
});

test('findChromium returns undefined if no browser is installed', () => {
  expect(findChromium(join(bin, 'nowhere'))).toBeUndefined();
});
