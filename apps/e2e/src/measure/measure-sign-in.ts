import { chromium, type BrowserContext, type Page, type Request } from '@playwright/test';
import { newSettings } from '@oneclick/stack/development-settings';
import { freeStackPorts, startStack } from '@oneclick/stack/start-stack';
import { startFaultProxy } from '../fault-proxy.ts';
import { launchOptions } from '../launch-options.ts';

/*
 * A part of `pnpm measure`. Prints the time from the click to the balance for a person who is signed in at the provider.
 */

const RUNS = 15;

/** An in-app browser, in which the sign-in runs in the same tab and loads the page again. */
const IN_APP_BROWSER =
  'Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156 KAKAOTALK 25.1';

/** Milliseconds after the click, by step. */
type Moments = Map<string, number>;

for (const latencyMs of [0, 100]) {
  const network = latencyMs === 0 ? 'no network in between' : `${latencyMs} ms on every request`;
  const { origins, stop } = await startSystem(latencyMs);
  const browser = await chromium.launch(launchOptions);
  try {
    for (const place of ['window', 'tab'] as const) {
      const context = await browser.newContext(place === 'tab' ? { userAgent: IN_APP_BROWSER } : {});
      const runs = await measure({ context, web: origins.web, place });
      await context.close();
      console.log(
        `\nA click, up to the balance: in ${place === 'tab' ? 'the same tab' : 'a window'}, ${network}`,
      );
      for (const [what, ms] of medians(runs)) console.log(`  ${what.padEnd(42)} ${Math.round(ms)} ms`);
    }
  } finally {
    await browser.close();
    await stop();
  }
}

/** Starts the built system. Each request to the web app, to the API and to the provider is delayed by `latencyMs`. */
async function startSystem(latencyMs: number) {
  const ports = await freeStackPorts();
  const direct = { web: `http://localhost:${ports.web}`, provider: `http://localhost:${ports.provider}` };
  const wires = {
    web: await startFaultProxy({ target: `http://127.0.0.1:${ports.web}` }),
    provider: await startFaultProxy({ target: `http://127.0.0.1:${ports.provider}` }),
  };
  for (const wire of Object.values(wires)) wire.break('everywhere', { delayMs: latencyMs });
  const origins = latencyMs === 0 ? direct : { web: wires.web.origin, provider: wires.provider.origin };
  const stack = await startStack({
    mode: 'production',
    ports,
    settings: newSettings({ webOrigin: origins.web, provider: origins.provider }),
    environment: { provider: { ISSUER: origins.provider } },
  });
  return {
    origins,
    async stop() {
      await stack.stop();
      await Promise.all(Object.values(wires).map(({ close }) => close()));
    },
  };
}

async function measure({
  context,
  web,
  place,
}: {
  context: BrowserContext;
  web: string;
  place: 'window' | 'tab';
}): Promise<Moments[]> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    addEventListener(
      'click',
      () => sessionStorage.setItem('clickedAt', String(performance.timeOrigin + performance.now())),
      { capture: true },
    );
    new MutationObserver(() => {
      if (!document.querySelector('[data-testid=balance]') || sessionStorage.getItem('shownAt') !== null)
        return;
      sessionStorage.setItem('shownAt', String(performance.timeOrigin + performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(web);
  await signInForTheFirstTime(page, place);

  const runs: Moments[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await context.clearCookies({ name: /^session/ });
    await page.reload();
    await page.getByTestId('sign-in').waitFor();
    await page.evaluate(() => sessionStorage.clear());
    const requests: Request[] = [];
    const note = (request: Request) => void requests.push(request);
    const prepared = page.waitForResponse(/\/start$/);
    await page.getByTestId('sign-in').hover();
    await prepared;
    context.on('request', note);
    await page.getByTestId('sign-in').click();
    await page.getByTestId('balance').waitFor();
    context.off('request', note);
    const clickedAt = await stored(page, 'clickedAt');
    const moments: Moments = new Map();
    for (const request of requests) {
      const name = stepOf(request);
      const { startTime, responseEnd } = request.timing();
      if (name === undefined || moments.has(`${name}: asked`)) continue;
      moments.set(`${name}: asked`, startTime - clickedAt);
      if (responseEnd >= 0) moments.set(`${name}: answered`, startTime + responseEnd - clickedAt);
    }
    moments.set('balance on the screen', (await stored(page, 'shownAt')) - clickedAt);
    runs.push(moments);
  }
  return runs;
}

async function signInForTheFirstTime(page: Page, place: 'window' | 'tab'): Promise<void> {
  const opened = place === 'window' ? page.waitForEvent('popup') : undefined;
  await page.getByTestId('sign-in').click();
  const provider = (await opened) ?? page;
  await provider.locator('[name=username]').fill('user123');
  await provider.locator('[name=password]').fill('one-click');
  await provider.getByTestId('provider-sign-in').click();
  await provider.getByTestId('provider-allow').click();
  await page.getByTestId('balance').waitFor();
}

/** Returns the step of a sign-in that the request belongs to, if any. */
function stepOf(request: Request): string | undefined {
  const { pathname } = new URL(request.url());
  return /\/(?:authorize|callback\.html|exchange-token|session|userinfo)$/.exec(pathname)?.[0].slice(1);
}

async function stored(page: Page, key: string): Promise<number> {
  return Number(await page.evaluate((name) => sessionStorage.getItem(name), key));
}

function medians(runs: Moments[]): [string, number][] {
  const names = new Set(runs.flatMap((moments) => [...moments.keys()]));
  const all = [...names].map((name): [string, number] => {
    const values = runs.flatMap((moments) => moments.get(name) ?? []).toSorted((a, b) => a - b);
    return [name, values[Math.floor(values.length / 2)] ?? Number.NaN];
  });
  return all.toSorted(([, a], [, b]) => a - b);
}
