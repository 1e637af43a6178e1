import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { environment } from './environment.ts';
import { findChromium, findProgram } from './find-chromium.ts';
import { StackError } from './start-parts.ts';
import { inWorkspace } from './workspace.ts';

const isOnPath = (program: string): boolean => findProgram(program) !== null;

/** The Debian packages of the programs without which no test runs, by a check whether the program is there. */
const REQUIRED = {
  chromium: () => findChromium() !== undefined,
  'redis-server': () => Boolean(environment['REDIS_URL']) || isOnPath('redis-server'),
};

/** The Debian packages of the web servers. Their tests are skipped where they are missing. */
const WEB_SERVERS = {
  'nginx-light': () => isOnPath('nginx'),
  caddy: () => isOnPath('caddy'),
};

/** The Debian packages of Firefox and WebKit, whose tests are skipped where they are missing. */
const BROWSERS = {
  'firefox-esr': () => isOnPath('firefox-esr'),
  'webkit2gtk-driver': () => isOnPath('WebKitWebDriver'),
  xvfb: () => isOnPath('Xvfb'),
};

/** Debian starts these services when it installs their packages. Tests start servers of their own, on free ports. */
const SERVICES: Record<string, string> = {
  'redis-server': 'redis-server',
  'nginx-light': 'nginx',
  caddy: 'caddy',
};

/** For what a slow mirror or another apt-get makes fail. */
const RETRIES = ['-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=120'];

/**
 * Installs the programs that tests need and npm does not install, and prints each command before it runs: as root on
 * Debian the system's packages, elsewhere Playwright's Chromium. No other code of this workspace installs programs.
 *
 * @throws {StackError} if a required program is missing and can't be installed
 */
export async function setUpTests(options: {
  withAllBrowsers: boolean;
  isRoot?: boolean;
  hasSystemd?: boolean;
}): Promise<void> {
  const { withAllBrowsers, isRoot = process.getuid?.() === 0 } = options;
  const { hasSystemd = existsSync('/run/systemd/system') } = options;
  const missing = missingOf({ ...REQUIRED, ...WEB_SERVERS, ...(withAllBrowsers && BROWSERS) });
  if (missing.length > 0 && isRoot && isOnPath('apt-get')) {
    await install('apt-get', ['-q', ...RETRIES, 'update']);
    for (const name of missing) {
      await install('apt-get', ['-q', ...RETRIES, 'install', '-y', '--no-install-recommends', name]);
      const service = SERVICES[name];
      if (hasSystemd && service) {
        await run('The service of this package would occupy a port.', 'systemctl', [
          'disable',
          '--now',
          service,
        ]);
      }
    }
  }
  if (!REQUIRED.chromium()) await install('playwright-core', ['install', 'chromium']);

  const unavailable = missingOf(REQUIRED).join(' and ');
  if (unavailable === '') return;
  throw new StackError(
    `The tests need ${unavailable}. Install it, or name your own: PLAYWRIGHT_CHROMIUM_EXECUTABLE is the path of a ` +
      'Chromium or Chrome, REDIS_URL is a Redis that tests may use.',
  );
}

function missingOf(programs: Record<string, () => boolean>): string[] {
  return Object.entries(programs).flatMap(([name, isThere]) => (isThere() ? [] : name));
}

const install = (command: string, args: string[]) =>
  run('The tests need a program that is missing.', command, args);

async function run(reason: string, command: string, args: string[]): Promise<void> {
  console.log(`${reason} Running: ${command} ${args.join(' ')}`);
  const { failed, shortMessage } = await execa(command, args, {
    env: { DEBIAN_FRONTEND: 'noninteractive', PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' },
    preferLocal: true,
    localDir: inWorkspace('packages/stack'),
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
    timeout: 10 * 60_000,
  });
  if (failed) console.log(shortMessage);
}
