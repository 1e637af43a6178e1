import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import type { MeasuredApp } from './measured-app.ts';
import type { RecordedRequest } from './recorded-server.ts';

/** What a person waits for: from a click or from a reload to the balance on the screen. */
export interface Wait {
  /** Milliseconds since 1970. */
  startedAt: number;
  /** How long it took, in milliseconds. */
  ms: number;
  /** The requests that it caused, in the order of their arrival. */
  requests: RecordedRequest[];
}

/** The sign-in and the first reload of a person who is signed in at the provider, in a browser without any data. */
export interface Visit {
  click: Wait;
  reload: Wait;
}

interface VisitOptions {
  browser: Browser;
  app: MeasuredApp;
  /** For example the user agent of an in-app browser, in which the sign-in runs in the same tab. */
  context?: BrowserContextOptions;
  latencyMs: number;
}

/** Visits the app. Each request to its web server and to the provider, also from its API, is delayed by `latencyMs`. */
export async function visit({
  browser,
  app,
  context: options = {},
  latencyMs,
}: VisitOptions): Promise<Visit> {
  const { recorder } = app;
  recorder.beforeAnswer = () => (latencyMs === 0 ? undefined : delay(latencyMs));
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.addInitScript(noteMoments);
  await page.goto(app.origin);
  // The pointer has been on the button for a moment when a person clicks.
  await page.getByTestId('sign-in').hover();
  await untilIdle(page, recorder.requests);

  recorder.requests = [];
  let isShown = untilBalanceIsShown(page);
  await page.getByTestId('sign-in').click();
  await isShown;
  const click = await waitSince('clickedAt', { page, requests: recorder.requests });

  await page.evaluate(() => sessionStorage.removeItem('shownAt'));
  await untilIdle(page, recorder.requests);
  recorder.requests = [];
  isShown = untilBalanceIsShown(page);
  await page.reload({ waitUntil: 'commit' });
  await isShown;
  const reload = await waitSince('loadedAt', { page, requests: recorder.requests });
  await context.close();
  return { click, reload };
}

/** Runs in each page. The tab's storage keeps the moments over a navigation. */
function noteMoments(): void {
  const { timeOrigin } = performance;
  sessionStorage.setItem('loadedAt', String(timeOrigin));
  addEventListener(
    'click',
    ({ timeStamp }) => sessionStorage.setItem('clickedAt', String(timeOrigin + timeStamp)),
    { capture: true },
  );
  new MutationObserver(() => {
    const balance = document.querySelector('[data-testid=balance]');
    if (!balance?.textContent || sessionStorage.getItem('shownAt') !== null) return;
    sessionStorage.setItem('shownAt', String(timeOrigin + performance.now()));
    console.log('balance shown');
  }).observe(document, { childList: true, subtree: true });
}

/**
 * Resolves when `noteMoments` has seen the balance. A locator would run the script of Playwright in the page meanwhile,
 * which takes as long as React.
 */
function untilBalanceIsShown(page: Page): Promise<unknown> {
  return page.waitForEvent('console', (message) => message.text() === 'balance shown');
}

/** @param requests grows as requests arrive */
async function waitSince(
  moment: 'clickedAt' | 'loadedAt',
  { page, requests }: { page: Page; requests: RecordedRequest[] },
): Promise<Wait> {
  await untilQuiet(requests);
  const [startedAt = NaN, shownAt = NaN] = await page.evaluate(
    (names) => names.map((name) => Number(sessionStorage.getItem(name))),
    [moment, 'shownAt'],
  );
  return { startedAt, ms: shownAt - startedAt, requests: [...requests] };
}

/** Resolves when the requests have ended, the sign-in window has closed, and the browser had time to finish its work. */
async function untilIdle(page: Page, requests: RecordedRequest[]): Promise<void> {
  await untilQuiet(requests);
  const [, popup] = page.context().pages();
  await popup?.waitForEvent('close');
  await delay(500);
}

/** Resolves when each request has been answered and no other one has followed for a moment. */
async function untilQuiet(requests: RecordedRequest[]): Promise<void> {
  let count: number;
  do {
    count = requests.length;
    await delay(100);
  } while (requests.length > count || requests.some(({ endedAt }) => endedAt === undefined));
}
