import { globSync } from 'node:fs';
import { environment as ownEnvironment, type Environment } from './environment.ts';
import { programsOnPath } from './programs-on-path.ts';

export interface WebKit {
  /** WebKitGTK's WebDriver server. */
  driver: string;
  /** The browser that it drives. */
  browser: string;
  /** Where the browser draws: it has no headless mode. */
  displayServer: string;
}

/** WebKitGTK with all that it needs to be driven: on Debian, the packages webkit2gtk-driver and xvfb. */
export function findWebKit({
  environment = ownEnvironment,
  platform = process.platform,
  browserPattern = '/usr/{lib,lib64,libexec}/{,*/}webkit{2,}gtk-*/MiniBrowser',
}: {
  environment?: Environment;
  platform?: NodeJS.Platform;
  /** Where the browser lies, which is never on PATH. */
  browserPattern?: string;
} = {}): WebKit | undefined {
  const onPath = (name: string) => programsOnPath([name], { environment, platform })[0];
  const driver = onPath('WebKitWebDriver');
  const displayServer = onPath('Xvfb');
  const browser = globSync(browserPattern).toSorted().at(-1);
  return driver && displayServer && browser ? { driver, browser, displayServer } : undefined;
}
