import type { Browser } from '@playwright/test';
import type { MeasuredApp } from './measured-app.ts';

/** A slow mobile connection, in the units of the DevTools protocol. */
const CONNECTION = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};

/**
 * The milliseconds until the sign-in button works for a visitor with an empty cache and 1.6 Mbit/s with 150 ms of latency:
 * from the start of the navigation to the first click that opens a window.
 */
export async function timeUntilButtonIsUsable({
  browser,
  app,
}: {
  browser: Browser;
  app: MeasuredApp;
}): Promise<number> {
  app.recorder.beforeAnswer = () => undefined;
  const context = await browser.newContext();
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.emulateNetworkConditions', CONNECTION);
  await page.addInitScript(clickUntilAWindowOpens);
  await page.goto(app.origin, { waitUntil: 'commit' });
  const opened = await page.waitForFunction(() => sessionStorage.getItem('openedAt'));
  const ms = Number(await opened.jsonValue());
  await context.close();
  return ms;
}

/** Runs in the page. */
function clickUntilAWindowOpens(): void {
  window.open = () => {
    sessionStorage.setItem('openedAt', String(performance.now()));
    return null;
  };
  const clicks = setInterval(() => {
    if (sessionStorage.getItem('openedAt') !== null) return clearInterval(clicks);
    const button = document.querySelector<HTMLElement>('[data-testid=sign-in]');
    if (button?.checkVisibility()) button.click();
  }, 10);
}
