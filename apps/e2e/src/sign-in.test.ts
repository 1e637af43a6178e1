import { StartResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { POSTED_AFTER_CALL, RECORD_POSTED } from './sign-in-scenarios.ts';
import { expect, test } from './system.ts';

test('the first sign-in asks for password and consent, and shows the account', async ({ person }) => {
  await person.openApp();
  await person.seesSignedOut();
  await person.signIn();
  await expect(person.see('email')).toHaveText('user@example.com');
  await expect(person.see('balance')).toHaveText('750.00');
  await expect(person.see('usage')).toContainText('250,000 of 1,000,000');
});

test('the second sign-in is one click without a page of the provider', async ({ person, context }) => {
  await person.openApp();
  await person.signIn();
  // The person is still signed in at the provider, but not in the app.
  await context.clearCookies({ name: /^session/ });
  await person.page.reload();
  await person.seesSignedOut();

  const popup = await person.clickSignIn();
  const visited: string[] = [];
  popup.on('framenavigated', (frame) => visited.push(new URL(frame.url()).pathname));
  await person.seesAccount();
  expect(visited.filter((path) => path.startsWith('/interaction'))).toEqual([]);
});

test('the tab takes the response out of the window, without a message to it', async ({ person }) => {
  await person.openApp();
  await person.page.evaluate(RECORD_POSTED);
  await person.signIn();
  await person.seesAccount();
  expect(await person.page.evaluate('posted.join()')).toMatch(POSTED_AFTER_CALL);
});

test('the window removes the code from its address and closes itself', async ({
  person,
  context,
  system,
}) => {
  const callbackUrls: string[] = [];
  context.on('page', (page) => {
    page.on('framenavigated', (frame) => {
      if (frame.url().includes('/oauth/callback.html')) callbackUrls.push(frame.url());
    });
  });
  await person.openApp();
  await person.signIn();
  await expect.poll(() => context.pages().length).toBe(1);
  // The last address before the window closed.
  expect(callbackUrls.at(-1)).toBe(`${system.origins.web}/oauth/callback.html`);
});

test('a sign-in succeeds after a wrong password', async ({ person }) => {
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup, { username: 'user123', password: 'wrong' });
  await expect(popup.getByRole('alert')).toBeVisible();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await person.seesAccount();
});

test('a denial shows a notice, and the person can sign in again', async ({ person }) => {
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-deny').click();
  await person.seesSignedOut();
  await person.seesNotice('authorization_denied');
  await expect.poll(() => popup.isClosed()).toBe(true);

  const again = await person.clickSignIn();
  await again.waitForEvent('close');
  await person.seesAccount();
});

test('closing the window brings the button back', async ({ person }) => {
  await person.openApp();
  const popup = await person.clickSignIn();
  await popup.locator('[name=username]').waitFor();
  await popup.close();
  await person.seesSignedOut();
  await person.seesNotice('window_closed');
  await person.signIn();
});

test('a cancelled sign-in does not sign in later, and its window closes when the provider returns', async ({
  person,
}) => {
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await person.see('cancel-sign-in').click();
  await person.seesSignedOut();
  await popup.getByTestId('provider-allow').click();
  await expect.poll(() => popup.isClosed()).toBe(true);
  await person.seesSignedOut();
  await expect(person.see('notice')).toHaveCount(0);
});

test('a double click opens one window and exchanges one code', async ({ person, context }) => {
  const exchanges: string[] = [];
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === PATHS.exchangeToken) exchanges.push(request.url());
  });
  await person.openApp();
  const [popup] = await Promise.all([
    person.page.waitForEvent('popup'),
    person
      .see('sign-in')
      .dblclick({ noWaitAfter: true })
      .catch(() => undefined),
  ]);
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await person.seesAccount();
  expect(exchanges).toHaveLength(1);
});

test('"Continue here" finishes the sign-in in the same tab', async ({ person, system }) => {
  await person.page.goto(`${system.origins.web}/?from=here`);
  const popup = await person.clickSignIn();
  await popup.locator('[name=username]').waitFor();
  await person.see('continue-here').click();
  await person.enterPassword(person.page);
  await person.page.getByTestId('provider-allow').click();
  await person.seesAccount();
  expect(person.page.url()).toBe(`${system.origins.web}/?from=here`);

  // The person finds the window that stayed behind.
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await expect(popup.locator('main')).toContainText('has continued in another tab');
  await popup.getByRole('button').click();
  await expect(popup.getByTestId('username')).toBeVisible();
  await person.seesAccount();
});

test('with a blocked window the sign-in continues in the same tab, and a denial shows its notice', async ({
  person,
}) => {
  await person.page.addInitScript(() => {
    window.open = () => null;
  });
  await person.openApp();
  await person.see('sign-in').click();
  await person.enterPassword(person.page);
  await person.page.getByTestId('provider-deny').click();
  await person.seesSignedOut();
  await person.seesNotice('authorization_denied');

  await person.see('sign-in').click();
  await person.seesAccount();
});

test('the window can finish a sign-in whose tab has left the app', async ({ person, context, system }) => {
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').waitFor();
  await person.page.goto('about:blank');
  await popup.getByTestId('provider-allow').click();
  await popup.getByRole('button', { name: 'Finish signing in here' }).click();
  await expect(popup.getByTestId('balance')).toHaveText('750.00');
  expect(popup.url()).toBe(`${system.origins.web}/`);
  expect(context.pages()).toHaveLength(2);
});

test('two tabs that sign in at the same time agree on the user', async ({ person, otherTab: other }) => {
  await person.openApp();
  await other.openApp();
  const first = await person.clickSignIn();
  const second = await other.clickSignIn();
  await person.enterPassword(first);
  await other.enterPassword(second);
  await second.getByTestId('provider-allow').click();
  await other.seesAccount();
  await first.getByTestId('provider-allow').click();
  await person.seesAccount();
  await other.seesAccount();
  await person.see('sign-out').click();
  await other.seesSignedOut();
});

test('hovering over the button prepares the transaction, and the click opens the provider directly', async ({
  person,
  context,
}) => {
  const startRequests: string[] = [];
  const visited: string[] = [];
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('/start')) startRequests.push(pathname);
    if (request.isNavigationRequest()) visited.push(pathname);
  });
  await person.openApp();
  await person.prepareSignIn();
  await person.page.mouse.move(0, 0);
  await person.see('sign-in').hover();
  await person.signIn();
  expect(startRequests).toHaveLength(1);
  expect(visited).not.toContain('/oauth/opening.html');
  expect(await person.page.evaluate(() => window.opener === null)).toBe(true);
});

test('"Show the window" opens a second window, and the first one closes itself after the sign-in', async ({
  person,
}) => {
  await person.openApp();
  const started = person.page.waitForResponse(/oauth\/start/);
  const first = await person.clickSignIn();
  await first.locator('[name=username]').waitFor();
  const [second] = await Promise.all([person.page.waitForEvent('popup'), person.see('show-window').click()]);
  await person.enterPassword(second);
  await second.getByTestId('provider-allow').click();
  await person.seesAccount();
  // The person continues in the first window too. The provider redirects immediately, because the person is signed in there.
  const { authorizationUrl } = v.parse(StartResponse, await (await started).json());
  await Promise.all([first.waitForEvent('close'), first.goto(authorizationUrl).catch(() => undefined)]);
  await person.seesAccount();
});

test('the window cannot finish a cancelled sign-in after the tab was reloaded', async ({ person }) => {
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').waitFor();
  const reported = person.page.waitForResponse(/exchange-token/);
  await person.see('cancel-sign-in').click();
  await reported;
  await person.page.reload();
  await popup.getByTestId('provider-allow').click();
  await popup.getByRole('button', { name: 'Finish signing in here' }).click();
  await expect(popup.getByTestId('notice')).toHaveAttribute('data-code', 'transaction_not_found');
  await person.page.reload();
  await person.seesSignedOut();
});

test('a tab that receives the answer after the window has finished the sign-in restores the session and exchanges no code', async ({
  person,
  context,
}) => {
  const exchanges: string[] = [];
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === PATHS.exchangeToken) exchanges.push(request.frame().page().url());
  });
  // Like a frozen tab: messages to it wait until it wakes up.
  await person.page.addInitScript(() => {
    const waiting: (() => void)[] = [];
    const wake = () => {
      for (const deliver of waiting.splice(0)) deliver();
      waiting.push = (deliver) => (deliver(), 0);
    };
    Object.assign(window, { wake });
    const { addEventListener } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.addEventListener = function (type: string, listener: unknown) {
      const late = (event: Event) => {
        waiting.push(() => typeof listener === 'function' && listener(event));
      };
      addEventListener.call(this, type, late);
    };
  });
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await popup.getByRole('button', { name: 'Finish signing in here' }).click();
  await person.page.evaluate(() => Reflect.get(window, 'wake')());
  await expect(popup.getByTestId('balance')).toHaveText('750.00');
  await person.seesAccount();
  expect(exchanges).toHaveLength(1);
});

test('"?debug" prints a timeline of the sign-in without secrets', async ({ person, system }) => {
  const lines: string[] = [];
  person.page.on('console', (message) => lines.push(message.text()));
  await person.page.goto(`${system.origins.web}/?debug`);
  await person.signIn();
  const timeline = lines.filter((line) => line.startsWith('[sign-in]')).join('\n');
  for (const step of [
    'signed-out',
    'started',
    'waiting-for-provider',
    'answered',
    'exchanging-code',
    'completed',
  ]) {
    expect(timeline).toContain(`"${step}"`);
  }
  // No word is long enough to be a token, a code or a `state`.
  expect(timeline).not.toMatch(/[\w.-]{25,}/);
});

test.describe('in an in-app browser', () => {
  test.use({ userAgent: 'Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/156 KAKAOTALK 25.1' });

  test('in an in-app browser the sign-in runs in the same tab, returns to the same page and names an alternative', async ({
    person,
    context,
    system,
  }) => {
    const address = `${system.origins.web}/?from=kakao#here`;
    await person.page.goto(address);
    await expect(person.page.getByText('You’re using KakaoTalk’s built-in browser.')).toBeVisible();
    await person.see('sign-in').click();
    await person.enterPassword(person.page);
    await person.page.getByTestId('provider-allow').click();
    await person.seesAccount();
    expect(person.page.url()).toBe(address);
    expect(context.pages()).toHaveLength(1);
  });

  test('if the callback page cannot load its second script, the app shows a notice', async ({
    person,
    context,
  }) => {
    await context.route(/finish-here/, (route) => route.abort());
    await person.openApp();
    await person.see('sign-in').click();
    await person.enterPassword(person.page);
    await person.page.getByTestId('provider-allow').click();
    await person.seesSignedOut();
    await person.seesNotice('api_unreachable');
  });
});

test.describe('with an address as the host in WEB_ORIGIN', () => {
  test.use({ webHost: '127.0.0.1' });

  test('with WEB_ORIGIN at 127.0.0.1 a page that is opened at localhost moves there and signs in', async ({
    person,
    system,
  }) => {
    await person.page.goto(system.origins.web.replace('127.0.0.1', 'localhost'));
    await person.signIn();
    expect(person.page.url()).toBe(`${system.origins.web}/`);
    await person.page.reload();
    await person.seesAccount();
  });
});
