import type { BrowserContext } from '@playwright/test';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import { expect, test } from './system.ts';

/*
 * The app's own page with headers that cut it off from other pages. The API is slow: a click that is not prepared opens the
 * window before the API has answered.
 */

const SAME_ORIGIN = { 'cross-origin-opener-policy': 'same-origin' };
const ISOLATED = { ...SAME_ORIGIN, 'cross-origin-embedder-policy': 'require-corp' };
const OF_BOTH_PAGES = ['/', WEB_PATHS.opening];

/** Sends the headers with the pages at these paths, as a server of the operator would. */
async function sendHeaders(
  context: BrowserContext,
  { headers, paths }: { headers: Record<string, string>; paths: string[] },
): Promise<void> {
  await context.route(
    ({ pathname }) => paths.includes(pathname),
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), ...headers } });
    },
  );
}

test.beforeEach(({ system }) => system.wires.api.break(PATHS.start, { delayMs: 1500 }));

for (const { name, headers, paths, isIsolated } of [
  { name: 'the app is isolated', headers: ISOLATED, paths: ['/'], isIsolated: true },
  { name: 'the app and its window are isolated', headers: ISOLATED, paths: OF_BOTH_PAGES, isIsolated: true },
  {
    name: 'the app and its window send Cross-Origin-Opener-Policy: same-origin',
    headers: SAME_ORIGIN,
    paths: OF_BOTH_PAGES,
    isIsolated: false,
  },
]) {
  test(`if ${name}, a sign-in works in the window, and the top-up tab reaches the provider`, async ({
    person,
    context,
  }) => {
    await sendHeaders(context, { headers, paths });
    await person.openApp();
    expect(await person.page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
    await person.signIn();
    expect(context.pages()).toHaveLength(1);
    const [tab] = await Promise.all([context.waitForEvent('page'), person.see('top-up').click()]);
    await tab.waitForURL(/topup/);
  });
}

test('if the app is isolated, a prepared sign-in works in the window that opens at the provider', async ({
  person,
  context,
}) => {
  await sendHeaders(context, { headers: ISOLATED, paths: ['/'] });
  await person.openApp();
  expect(await person.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await person.prepareSignIn();
  await person.signIn();
});

test('if only the app sends Cross-Origin-Opener-Policy: same-origin, the sign-in continues in its tab, and the console names the header', async ({
  person,
  context,
}) => {
  const { page } = person;
  await sendHeaders(context, { headers: SAME_ORIGIN, paths: ['/'] });
  const warning = page.waitForEvent('console', (message) => message.type() === 'warning');
  await person.openApp();
  await person.see('sign-in').click();
  expect((await warning).text()).toContain('"Cross-Origin-Opener-Policy: same-origin"');
  await person.enterPassword(page);
  await page.getByTestId('provider-allow').click();
  await person.seesAccount();
});
