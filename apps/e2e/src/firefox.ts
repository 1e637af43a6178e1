import { launch, type Page } from 'puppeteer-core';
import which from 'which';
import type { Engine, EngineTab } from './engine.ts';

const executablePath = ['firefox', 'firefox-esr', '/Applications/Firefox.app/Contents/MacOS/firefox'].flatMap(
  (name) => which.sync(name, { nothrow: true }) ?? [],
)[0];

/** An installed Firefox, driven over WebDriver BiDi without a separate driver program. */
export const firefox = firefoxWith({});

/** @param settings additional settings, by their names in `about:config` */
export function firefoxWith(settings: Record<string, boolean | number>): Engine {
  return {
    name: 'Firefox',
    missing: executablePath ? undefined : 'Firefox is not installed (Debian: apt-get install firefox-esr)',

    async launch() {
      const browser = await launch({
        browser: 'firefox',
        executablePath: executablePath ?? '',
        acceptInsecureCerts: true, // The CA of a test is unknown to the browser.
        extraPrefsFirefox: {
          // Enables the popup blocker, which Puppeteer disables.
          'dom.disable_open_during_load': true,
          // A user gesture allows a window for half a second instead of five seconds.
          'dom.user_activation.transient.timeout': 500,
          ...settings,
        },
      });
      return {
        async newProfile() {
          const context = await browser.createBrowserContext();
          const known = new Map<Page, EngineTab>();
          const tabOf = (page: Page): EngineTab => {
            const tab = known.get(page) ?? firefoxTab(page);
            known.set(page, tab);
            return tab;
          };
          return {
            newTab: async () => tabOf(await context.newPage()),
            tabs: async () => (await context.pages()).map(tabOf),
            close: () => context.close(),
          };
        },
        close: () => browser.close(),
      };
    },
  };
}

function firefoxTab(page: Page): EngineTab {
  return {
    goTo: async (url) => void (await page.goto(url)),
    async click(selector) {
      await page.bringToFront();
      await page.click(selector);
    },
    fill: (selector, text) => page.type(selector, text),
    evaluate: (expression) => page.evaluate(expression),
    close: () => page.close(),
  };
}
