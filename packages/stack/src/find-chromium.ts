import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { environment as ownEnvironment, type Environment } from './environment.ts';
import { install, installDebianPackage, type Installation, type InstallationSite } from './installation.ts';
import { isExecutable, programsOnPath } from './programs-on-path.ts';

export interface ChromiumSearch extends Partial<InstallationSite> {
  /** Where Playwright keeps the browser that it downloads: `chromium.executablePath()`. */
  downloadedExecutable?: string | undefined;
  /** The script behind the command `playwright`, to let it download that browser. */
  playwrightCli?: string | undefined;
  /** Where browsers are installed on this platform, besides PATH. */
  usualPlaces?: string[];
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * The path of a Chromium or Chrome that runs. Takes the one that PLAYWRIGHT_CHROMIUM_EXECUTABLE names, else
 * Playwright's own, else an installed one, else installs one. Blocks meanwhile, for some minutes at worst.
 *
 * @throws {Error} with one sentence on what to do, if there is none and none can be installed
 */
export function findChromium({
  downloadedExecutable,
  playwrightCli,
  environment = ownEnvironment,
  platform = process.platform,
  isRoot = process.getuid?.() === 0,
  usualPlaces = placesOf(platform, environment),
  onAttempt = (sentence) => void process.stderr.write(`${sentence}\n`),
}: ChromiumSearch = {}): string {
  const site = { environment, platform, isRoot, onAttempt };
  const named = environment['PLAYWRIGHT_CHROMIUM_EXECUTABLE'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(
      'PLAYWRIGHT_CHROMIUM_EXECUTABLE names no program that can be run: correct it, or unset it.',
    );
  }

  const runs = (path: string): boolean => {
    if (!isExecutable(path)) return false;
    // On Windows the question opens a window.
    if (platform === 'win32') return true;
    // A downloaded browser may be there and still lack the system's libraries.
    const { status } = spawnSync(path, ['--version'], {
      stdio: 'ignore',
      timeout: 15_000,
      killSignal: 'SIGKILL',
    });
    if (status !== 0) onAttempt(`${path} is there but does not run.`);
    return status === 0;
  };
  const downloaded = () => (downloadedExecutable === undefined ? [] : [downloadedExecutable]).find(runs);
  const installed = () => [...programsOnPath(NAMES, { environment, platform }), ...usualPlaces].find(runs);

  const download = () => {
    if (playwrightCli === undefined) return undefined;
    const installation: Installation = {
      sentence: "No Chromium found: downloading Playwright's",
      command: process.execPath,
      args: [playwrightCli, 'install', 'chromium'],
      minutes: 5,
    };
    return install(installation, site) ? downloaded() : undefined;
  };
  const installFromDebian = () => {
    installDebianPackage({ name: 'chromium', title: 'Chromium' }, site);
    return installed();
  };

  // More than one package looks for a browser, and they are tested at once: another may have been faster.
  const found = downloaded() ?? installed() ?? download() ?? installed() ?? installFromDebian();
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium can be found or installed: install Chrome or Chromium, run "npx playwright install --with-deps chromium", ' +
      'or set PLAYWRIGHT_CHROMIUM_EXECUTABLE to the path of one.',
  );
}

function placesOf(platform: NodeJS.Platform, environment: Environment): string[] {
  if (platform === 'darwin') {
    const programs = [
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Chromium.app/Contents/MacOS/Chromium',
    ];
    return ['/Applications', join(environment['HOME'] ?? '/', 'Applications')].flatMap((directory) =>
      programs.map((program) => join(directory, program)),
    );
  }
  if (platform === 'win32') {
    const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
    return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .flatMap((name) => environment[name] ?? [])
      .flatMap((directory) => programs.map((program) => join(directory, program)));
  }
  return ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((directory) =>
    NAMES.map((name) => join(directory, name)),
  );
}
