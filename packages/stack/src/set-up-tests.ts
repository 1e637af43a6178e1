import { execa } from 'execa';
import which from 'which';
import { environment } from './environment.ts';
import { findChromium } from './find-chromium.ts';
import { StackError } from './start-parts.ts';
import { inWorkspace } from './workspace.ts';

const isOnPath = (program: string): boolean => which.sync(program, { nothrow: true }) !== null;
const hasRedis = (): boolean => Boolean(environment['REDIS_URL']) || isOnPath('redis-server');

/**
 * Installs the programs that tests need and npm does not install, and prints each command before it runs: as root on
 * Debian the system's packages, elsewhere Playwright's Chromium. No other code of this workspace installs programs.
 *
 * @throws {StackError} if Chromium or Redis is missing and can't be installed
 */
export async function setUpTests(options: {
  /** Whether to install Firefox and WebKit, too. Without them their tests are skipped. */
  withAllBrowsers: boolean;
  isRoot?: boolean;
}): Promise<void> {
  const { withAllBrowsers, isRoot = process.getuid?.() === 0 } = options;
  const packages = [
    ...(findChromium() ? [] : ['chromium']),
    ...(hasRedis() ? [] : ['redis-server']),
    ...(withAllBrowsers && !isOnPath('firefox-esr') ? ['firefox-esr'] : []),
    ...(withAllBrowsers && !isOnPath('WebKitWebDriver') ? ['webkit2gtk-driver'] : []),
    ...(withAllBrowsers && !isOnPath('Xvfb') ? ['xvfb'] : []),
  ];
  if (packages.length > 0 && isRoot && isOnPath('apt-get')) {
    // For what a slow mirror or another apt-get makes fail.
    const retries = ['-q', '-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=120'];
    await install('apt-get', [...retries, 'update']);
    for (const name of packages) {
      await install('apt-get', [...retries, 'install', '-y', '--no-install-recommends', name]);
    }
  }
  if (!findChromium()) await install('playwright-core', ['install', 'chromium']);

  const missing = [
    ...(findChromium()
      ? []
      : ['Chromium is missing: install it, or set PLAYWRIGHT_CHROMIUM_EXECUTABLE to its path.']),
    ...(hasRedis()
      ? []
      : ['redis-server is missing: install it, or set REDIS_URL to a Redis that tests may use.']),
  ];
  if (missing.length > 0) throw new StackError(missing.join('\n'));
}

async function install(command: string, args: string[]): Promise<void> {
  console.log(`The tests need a program that is missing. Running: ${command} ${args.join(' ')}`);
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
