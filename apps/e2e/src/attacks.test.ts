import type { BrowserContext, Page } from '@playwright/test';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import { StartResponse } from '@oneclick/shared/messages';
import * as v from 'valibot';
import { expect, test, type System } from './system.ts';

/* Attacks by a hostile page, window, message or provider on a person who is signing in. */

const CANARY = '<img src=x onerror="window.hacked=true">';

/** Returns the address of a page on another site with this HTML. */
function foreignPage(system: System, html: string): string {
  system.wires.provider.break('/foreign', { status: 200, html });
  return `${system.wires.provider.origin.replace('localhost', '127.0.0.1')}/foreign`;
}

function countExchanges(context: BrowserContext): { count: number } {
  const exchanges = { count: 0 };
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === PATHS.exchangeToken) exchanges.count += 1;
  });
  return exchanges;
}

/** Returns the `state` of the transaction that the next click starts. */
async function nextState(page: Page): Promise<string> {
  const response = await page.waitForResponse(new RegExp(`${PATHS.start}$`));
  return v.parse(StartResponse, await response.json()).state;
}

for (const { place, isPrepared } of [
  { place: 'a window that waited on a page of ours', isPrepared: false },
  { place: 'a window that opened at the provider', isPrepared: true },
]) {
  test(`in ${place}, a page of the provider has no opener and cannot navigate the app`, async ({
    person,
    system,
  }) => {
    const html = `<script>
      document.title = 'opener: ' + window.opener;
      try { window.opener.location = 'about:blank'; } catch {}
    </script>`;
    system.wires.provider.break('/api/oauth2/authorize', { status: 200, html });
    if (!isPrepared) system.wires.api.break(PATHS.start, { delayMs: 500 });
    await person.openApp();
    if (isPrepared) await person.prepareSignIn();
    const popup = await person.clickSignIn();
    await expect(popup).toHaveTitle('opener: null');
    await expect(person.see('cancel-sign-in')).toBeVisible();
    expect(person.page.url()).toBe(`${system.origins.web}/`);
  });
}

test.describe('with a Cross-Origin-Opener-Policy of the provider', () => {
  test.use({ environment: { provider: { OPENER_POLICY: 'same-origin' } } });

  test("a provider's Cross-Origin-Opener-Policy brings the button back, and the late answer still signs in and closes the window", async ({
    person,
    context,
  }) => {
    await person.openApp();
    const popup = await person.clickSignIn();
    await popup.locator('[name=username]').waitFor();
    await person.seesSignedOut();
    await person.enterPassword(popup);
    await popup.getByTestId('provider-allow').click();
    await person.seesAccount();
    await expect.poll(() => context.pages().length).toBe(1);
  });
});

test('closing the window before it reaches the provider cancels the sign-in and exchanges no code', async ({
  person,
  system,
  context,
}) => {
  const exchanges = countExchanges(context);
  system.wires.api.break(PATHS.start, { delayMs: 1500 });
  await person.openApp();
  const popup = await person.clickSignIn();
  await popup.close();
  await person.seesNotice('window_closed');
  await person.seesSignedOut();
  expect(context.pages()).toHaveLength(1);
  expect(exchanges.count).toBe(0);
});

test('forged, replayed and huge messages have no effect, and the true answer still signs in', async ({
  person,
  context,
  system,
}) => {
  const exchanges = countExchanges(context);
  await person.openApp();
  const started = nextState(person.page);
  const popup = await person.clickSignIn();
  await popup.locator('[name=username]').waitFor();
  const pending = await started;

  // The strongest attacker: another page of this origin that knows the channel of the transaction.
  const insider = await context.newPage();
  await insider.goto(`${system.origins.web}${WEB_PATHS.callback}`);
  await insider.evaluate(async (state) => {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state));
    const name = btoa(String.fromCharCode(...new Uint8Array(hash)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
    const channel = new BroadcastChannel(`oneclick:hand-over:${name}`);
    const type = 'authorization-response';
    const other = 'a'.repeat(43);
    for (const message of [
      { v: 1, type, response: { state: other, code: 'forged' } },
      { v: 1, type, response: { state, code: 'x'.repeat(5_000_000) } },
      { v: 1, type, response: { state, code: 'two\nlines' } },
      { v: 1, type, response: { state, code: ['forged'] } },
      { v: 1, type, response: { state, error: '<script>' + 'x'.repeat(500) } },
      { v: 1, type, response: new Map([['state', state]]) },
      { v: 1, type },
      { v: 2, type, response: { state, code: 'forged' } },
      { type, response: { state, code: 'forged' } },
      { v: 1, type: 'constructor' },
      null,
      'authorization-response',
      [1, type],
    ]) {
      channel.postMessage(message);
    }
    channel.close();
  }, pending);
  // An app that listens to `message` would accept these.
  await person.page.evaluate((state) => {
    const message = { v: 1, type: 'authorization-response', response: { state, code: 'forged' } };
    for (const origin of ['*', location.origin]) window.postMessage(message, origin);
  }, pending);
  await expect(person.see('cancel-sign-in')).toBeVisible();
  expect(exchanges.count).toBe(0);

  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await person.seesAccount();
  expect(exchanges.count).toBe(1);

  // The same messages again, to a tab that is signed in.
  await insider.evaluate((state) => {
    for (const name of ['oneclick:session', 'oneclick:hand-over']) {
      const channel = new BroadcastChannel(name);
      channel.postMessage({ v: 1, type: 'authorization-response', response: { state, code: 'forged' } });
      channel.postMessage({ type: 'refreshed', response: { access_token: 'forged', session_id: 'forged' } });
      channel.postMessage({ type: 'session-ended', sessionId: 'forged', error: { code: 'session_expired' } });
      channel.close();
    }
  }, pending);
  await person.see('refresh-balance').click();
  await expect(person.see('reading')).toContainText('unchanged');
  await person.seesAccount();
  expect(exchanges.count).toBe(1);
});

test('a page of another site that opens the app keeps no handle on it', async ({
  person,
  system,
  context,
}) => {
  await person.page.goto(
    foreignPage(system, `<button onclick="window.app = window.open('${system.origins.web}')">Open</button>`),
  );
  const [app] = await Promise.all([
    context.waitForEvent('page'),
    person.page.getByRole('button', { name: 'Open' }).click(),
  ]);
  await app.getByTestId('sign-in').waitFor();
  expect(await app.evaluate(() => window.opener === null)).toBe(true);
  await expect.poll(() => person.page.evaluate(() => Reflect.get(window, 'app').closed)).toBe(true);
});

test('no page of another site can frame the app, the callback page or the opening page', async ({
  page,
  system,
}) => {
  const frames = ['/', '/oauth/callback.html?code=x&state=y', '/oauth/opening.html'];
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('frame-ancestors')) refused.push(message.text());
  });
  const html = frames.map((path) => `<iframe src="${system.origins.web}${path}"></iframe>`).join('');
  await page.goto(foreignPage(system, html));
  await expect.poll(() => refused.length).toBe(frames.length);
  const shown = () => page.frames().map((frame) => frame.url().split('//')[0]);
  await expect.poll(shown).toEqual(['http:', ...frames.map(() => 'chrome-error:')]);
});

test('an answer that is opened in another browser signs no one in there', async ({
  person,
  context,
  system,
  browser,
}) => {
  // The attacker's own transaction, up to an unused answer.
  await person.openApp();
  await person.signIn();
  const started: unknown = await person.page.evaluate(async (path) => {
    const response = await fetch(path, { method: 'POST', headers: { 'X-CSRF': '1' } });
    return response.json();
  }, PATHS.start);
  const { authorizationUrl } = v.parse(StartResponse, started);
  const answer = await context.request.get(authorizationUrl, { maxRedirects: 0 });
  const callback = answer.headers()['location'] ?? '';
  expect(callback).toContain(`${system.origins.web}${WEB_PATHS.callback}?code=`);

  const victim = await browser.newContext();
  const page = await victim.newPage();
  const exchanges = countExchanges(victim);
  await page.goto(callback);
  // The page asks first. If the victim agrees, the app reports that another browser started the transaction.
  const finish = page.getByRole('button', { name: 'Finish signing in here' });
  await finish.waitFor();
  expect(exchanges.count).toBe(0);
  await finish.click();
  await expect(page.getByTestId('notice')).toHaveAttribute('data-code', 'transaction_not_found');
  await expect(page.locator('html')).toHaveAttribute('data-session', 'signed-out');
  await victim.close();
});

test('reloading the callback page or going back to it exchanges no code', async ({ person, context }) => {
  const exchanges = countExchanges(context);
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').waitFor();
  await person.page.goto('about:blank');
  await popup.getByTestId('provider-allow').click();
  await popup.getByRole('button', { name: 'Finish signing in here' }).waitFor();
  await popup.reload();
  await expect(popup.getByText('There is nothing to finish here.')).toBeVisible();
  await popup.goto('about:blank');
  await popup.goBack();
  await expect(popup.getByText('There is nothing to finish here.')).toBeVisible();
  expect(exchanges.count).toBe(0);
});

test('HTML in userinfo or in an error description is shown as text', async ({ person, system }) => {
  const userinfo = { id: 1, username: CANARY, email: `${CANARY}@example.com`, balance_formatted: CANARY };
  system.wires.provider.break('/api/oauth2/userinfo', { status: 200, json: userinfo });
  await person.openApp();
  const started = nextState(person.page);
  const first = await person.clickSignIn();
  await first.locator('[name=username]').waitFor();
  const description = new URLSearchParams({
    state: await started,
    error: 'access_denied',
    error_description: CANARY,
  });
  await first.goto(`${system.origins.web}${WEB_PATHS.callback}?${description}`);
  await person.seesNotice('authorization_denied');

  const second = await person.clickSignIn();
  await person.enterPassword(second);
  await second.getByTestId('provider-allow').click();
  for (const testId of ['username', 'balance']) await expect(person.see(testId)).toHaveText(CANARY);
  expect(await person.page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined();
  expect(await person.page.locator('img[src=x]').count()).toBe(0);
});

test('an API that always answers 401 gets fewer than ten requests, and the session ends', async ({
  person,
  system,
}) => {
  await person.openApp();
  await person.signIn();
  let calls = 0;
  person.page.on('request', (request) => {
    if (request.url().includes('/api/')) calls += 1;
  });
  const invalidToken = {
    error: 'invalid_token',
    error_description: 'The access token has expired.',
    request_id: 'request-1',
    retryable: false,
  };
  system.wires.api.break(PATHS.userinfo, { status: 401, json: invalidToken });
  await person.see('refresh-balance').click();
  await person.seesNotice('invalid_token');
  await person.page.waitForTimeout(3000);
  expect(calls).toBeLessThan(10);
});
