import { afterEach, expect, test, vi } from 'vitest';
import { createTestBrowser } from '../../test/test-browser.ts';
import { callApi, readObject, startSignedIn } from '../../test/test-app.ts';

afterEach(() => {
  vi.useRealTimers();
});

async function start() {
  const { origin, app, browser, callback } = await startSignedIn();
  const { accessToken } = await app.readTokens(app.exchange(callback));
  const readBalance = async () =>
    (await readObject(callApi(origin, '/api/oauth2/userinfo', accessToken))).balance_formatted;
  const readTopUpUrl = async () =>
    String((await readObject(callApi(origin, '/api/oauth2/topup', accessToken))).topup_url);
  return { origin, browser, accessToken, readBalance, readTopUpUrl };
}

test('a top-up adds 10.00 once, and the page tells the user to go back to the app', async () => {
  const { origin, browser, accessToken, readBalance, readTopUpUrl } = await start();
  const url = await readTopUpUrl();
  expect(url.startsWith(`${origin}/topup?`)).toBe(true);
  expect(url).not.toContain(accessToken);

  const page = await browser.open(url);
  expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
  expect(page.text).toContain('user123');
  expect(page.text).toContain('750.00');

  const after = await browser.press(page, 'provider-top-up');
  expect(after.text).toContain('760.00');
  expect(after.text).toContain('go back to the app');
  expect(await readBalance()).toBe('760.00');

  // Reloading the answer is a GET: nothing is added again.
  await browser.open(after.url);
  expect(await readBalance()).toBe('760.00');
  await browser.press(after, 'provider-top-up');
  expect(await readBalance()).toBe('770.00');
});

test('a top-up link works in a browser that is not signed in, and does not sign it in', async () => {
  const { origin, readBalance, readTopUpUrl } = await start();
  const stranger = createTestBrowser({ origin });
  const page = await stranger.open(await readTopUpUrl());
  await stranger.press(page, 'provider-top-up');
  expect(await readBalance()).toBe('760.00');
  expect(await stranger.jar.getCookieString(origin)).toBe('');
});

test('a top-up link expires after ten minutes, except in a browser that is signed in', async () => {
  const { origin, browser, readBalance, readTopUpUrl } = await start();
  const url = await readTopUpUrl();
  const stranger = createTestBrowser({ origin });
  const page = await stranger.open(url);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });

  expect((await stranger.open(url)).status).toBe(410);
  expect((await stranger.press(page, 'provider-top-up')).status).toBe(410);
  expect(await readBalance()).toBe('750.00');

  const renewed = await browser.open(url);
  expect(renewed.text).toContain('750.00');
  await browser.press(renewed, 'provider-top-up');
  expect(await readBalance()).toBe('760.00');
});

test('a guessed ticket and a form from another site are refused', async () => {
  const { origin, browser, readBalance, readTopUpUrl } = await start();
  const ticket = new URL(await readTopUpUrl()).searchParams.get('ticket') ?? '';
  const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
  expect((await browser.post(`${origin}/topup`, new URLSearchParams({ ticket }), foreign)).status).toBe(403);
  expect((await browser.post(`${origin}/topup`, new URLSearchParams({ ticket: 'guess' }))).status).toBe(410);
  expect(await readBalance()).toBe('750.00');
});

test('a top-up form with Origin: null is accepted, because its ticket is valid', async () => {
  const { origin, browser, readBalance, readTopUpUrl } = await start();
  const ticket = new URL(await readTopUpUrl()).searchParams.get('ticket') ?? '';
  await browser.post(`${origin}/topup`, new URLSearchParams({ ticket }), { Origin: 'null' });
  expect(await readBalance()).toBe('760.00');
});
