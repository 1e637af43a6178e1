import { spawnSync } from 'node:child_process';
import { chromium, type LaunchOptions } from 'playwright-core';
import which from 'which';
import { environment } from './environment.ts';

/**
 * The path of a Chromium or Chrome: the one that PLAYWRIGHT_CHROMIUM_EXECUTABLE names, or the first that runs of the
 * one that Playwright has downloaded and those on PATH. Installs nothing: `setUpTests` does.
 *
 * @throws {Error} if PLAYWRIGHT_CHROMIUM_EXECUTABLE names no program
 */
export function findChromium(downloaded: string = chromium.executablePath()): string | undefined {
  const named = environment['PLAYWRIGHT_CHROMIUM_EXECUTABLE'];
  if (named) {
    const path = findProgram(named);
    if (path !== null) return path;
    throw new Error(
      'PLAYWRIGHT_CHROMIUM_EXECUTABLE names no program that can be run: correct it, or unset it.',
    );
  }
  const names = [downloaded, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names.map(findProgram).find((path) => path !== null && canRun(path)) ?? undefined;
}

/** The path of a program on PATH, or null. */
export function findProgram(name: string): string | null {
  return which.sync(name, { nothrow: true });
}

/** How tests launch Chromium, also in a container and as root. */
export function chromiumLaunchOptions(): LaunchOptions {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
  const executablePath = findChromium();
  // Without a path, Playwright looks for its own download and says how to get it.
  return executablePath === undefined ? { args } : { args, executablePath };
}

/** A browser may be installed and lack libraries of the system. */
function canRun(path: string): boolean {
  const { status } = spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 15_000 });
  if (status !== 0) process.stderr.write(`${path} is installed but does not run.\n`);
  return status === 0;
}
