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
  await untilQuiet(recorder.requests);

  recorder.requests = [];
  await page.getByTestId('sign-in').click();
  const click = await untilBalance(page, recorder.requests, 'clickedAt');

  await page.evaluate(() => sessionStorage.removeItem('shownAt'));
  recorder.requests = [];
  await page.reload();
  const reload = await untilBalance(page, recorder.requests, 'loadedAt');
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
  }).observe(document, { childList: true, subtree: true });
}

/** @param requests grows as requests arrive */
async function untilBalance(page: Page, requests: RecordedRequest[], since: string): Promise<Wait> {
  await page.getByTestId('balance').waitFor();
  await untilQuiet(requests);
  const [startedAt = NaN, shownAt = NaN] = await page.evaluate(
    (names) => names.map((name) => Number(sessionStorage.getItem(name))),
    [since, 'shownAt'],
  );
  return { startedAt, ms: shownAt - startedAt, requests: [...requests] };
}

/** Resolves when each request has been answered and no other one has followed for a moment. */
async function untilQuiet(requests: RecordedRequest[]): Promise<void> {
  let count: number;
  do {
    count = requests.length;
    await delay(100);
  } while (requests.length > count || requests.some(({ endedAt }) => endedAt === undefined));
}
