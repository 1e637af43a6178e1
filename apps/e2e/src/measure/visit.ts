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
  const [clickedAt, signedInAt] = await Promise.all([
    momentOf(page, 'clicked at'),
    momentOf(page, 'shown at'),
    page.getByTestId('sign-in').click(),
  ]);
  await untilQuiet(recorder.requests);
  const click = { startedAt: clickedAt, ms: signedInAt - clickedAt, requests: [...recorder.requests] };

  await untilIdle(page, recorder.requests);
  recorder.requests = [];
  const [restoredAt] = await Promise.all([momentOf(page, 'shown at'), page.reload({ waitUntil: 'commit' })]);
  await untilQuiet(recorder.requests);
  const loadedAt = await page.evaluate(() => performance.timeOrigin);
  const reload = { startedAt: loadedAt, ms: restoredAt - loadedAt, requests: [...recorder.requests] };
  await context.close();
  return { click, reload };
}

/** How a message of `noteMoments` begins. The moment follows, in milliseconds since 1970. */
type Moment = 'clicked at' | 'shown at';

/**
 * Runs in each page of the tab. Its console takes the moments, because a write to a storage before the window opens would
 * delay the window.
 */
function noteMoments(): void {
  const { timeOrigin } = performance;
  const note = (moment: Moment, ms: number) => console.log(moment, timeOrigin + ms);
  addEventListener('click', ({ timeStamp }) => note('clicked at', timeStamp), { capture: true });
  const observer = new MutationObserver(() => {
    if (!document.querySelector('[data-testid=balance]')?.textContent) return;
    observer.disconnect();
    note('shown at', performance.now());
  });
  observer.observe(document, { childList: true, subtree: true });
}

/**
 * Resolves when `noteMoments` has noted the moment. For the balance, a locator would run the script of Playwright in the
 * page meanwhile, which takes as long as React.
 */
async function momentOf(page: Page, moment: Moment): Promise<number> {
  const message = await page.waitForEvent('console', (one) => one.text().startsWith(moment));
  return Number(message.text().slice(moment.length));
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
