import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { Builder, By, error, type WebDriver } from 'selenium-webdriver';
import which from 'which';
import type { Engine, EngineTab } from './engine.ts';

const webKit = findWebKit();
const DRIVER_START_MS = 20_000;

/** WebKitGTK, driven over WebDriver. It has no headless mode, so it runs on a virtual display. */
export const webkit: Engine = {
  name: 'WebKit',
  missing: webKit
    ? undefined
    : 'WebKitGTK, its WebDriver or Xvfb is not installed (Debian: apt-get install webkit2gtk-driver xvfb)',

  async launch() {
    if (!webKit) throw new Error('There is no WebKit to launch.');
    // The display server chooses a free display and writes its number to file descriptor 3.
    const displayServer = spawn(webKit.displayServer, ['-displayfd', '3', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const [display] = await once(displayServer.stdio[3]!, 'data');
    return {
      async newProfile() {
        // Each profile has its own driver. A driver serves one session at a time and sometimes exits with the session.
        const driver = await startDriver(webKit.driver, { DISPLAY: `:${String(display).trim()}` });
        const session = await new Builder()
          .usingServer(driver.url)
          .withCapabilities({
            browserName: 'MiniBrowser',
            'webkitgtk:browserOptions': { binary: webKit.browser, args: ['--automation'] },
          })
          .build();
        const known = new Map<string, EngineTab>();
        const tabOf = (handle: string): EngineTab => {
          const tab = known.get(handle) ?? webkitTab(session, handle);
          known.set(handle, tab);
          return tab;
        };
        const [first] = await session.getAllWindowHandles();
        let unused = first;
        return {
          async newTab() {
            if (unused === undefined) await session.switchTo().newWindow('window');
            const handle = unused ?? (await session.getWindowHandle());
            unused = undefined;
            return tabOf(handle);
          },
          tabs: async () => (await session.getAllWindowHandles()).map(tabOf),
          async close() {
            await session.quit();
            await driver.stop();
          },
        };
      },
      async close() {
        await end(displayServer);
      },
    };
  },
};

/** Finds WebKitGTK, its driver and Xvfb. Debian has them in the packages webkit2gtk-driver and xvfb. */
function findWebKit() {
  const driver = which.sync('WebKitWebDriver', { nothrow: true });
  const displayServer = which.sync('Xvfb', { nothrow: true });
  // Distributions install the browser outside PATH.
  const browser = globSync('/usr/{lib,lib64,libexec}/{,*/}webkit{2,}gtk-*/MiniBrowser').toSorted().at(-1);
  return driver && displayServer && browser ? { driver, displayServer, browser } : undefined;
}

async function startDriver(
  program: string,
  environment: Record<string, string>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await getPort();
  const driver = spawn(program, [`--port=${port}`], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = AbortSignal.timeout(DRIVER_START_MS);
  while (!(await fetch(`${url}/status`).catch(() => undefined))?.ok)
    await delay(20, undefined, { signal: deadline });
  return { url, stop: () => end(driver) };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** WebDriver has one current window, so each operation selects its own window first. */
function webkitTab(session: WebDriver, handle: string): EngineTab {
  const inTab = async <T>(step: () => PromiseLike<T>): Promise<T> => {
    await session.switchTo().window(handle);
    return step();
  };
  return {
    goTo: (url) => inTab(() => session.get(url)),
    click: (selector) => inTab(() => click(session, selector)),
    fill: (selector, text) => inTab(() => session.findElement(By.css(selector)).sendKeys(text)),
    evaluate: (expression) => inTab(() => session.executeScript(`return ${expression}`)),
    close: () => inTab(() => session.close()),
  };
}

async function click(session: WebDriver, selector: string): Promise<void> {
  const element = await session.findElement(By.css(selector));
  try {
    await element.click();
  } catch (cause) {
    // The driver waits for the navigation after a click, and the sign-in window may already have closed itself.
    if (!(cause instanceof error.NoSuchWindowError)) throw cause;
  }
}
