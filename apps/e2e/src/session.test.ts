import { PATHS } from '@oneclick/shared/paths';
import { accessTokenIn, expect, test } from './system.ts';

test('a reload keeps the session without showing the sign-in screen', async ({ person }) => {
  await person.openApp();
  await person.signIn();
  await person.page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => seen.push(document.documentElement.dataset['session'] ?? '')).observe(
      document,
      {
        subtree: true,
        attributeFilter: ['data-session'],
      },
    );
  });
  await person.page.reload();
  await person.seesAccount();
  expect(await person.page.evaluate(() => Reflect.get(window, 'seen'))).not.toContain('signed-out');
});

test('a person stays signed in when the browser deletes what scripts have stored', async ({ person }) => {
  await person.openApp();
  await person.signIn();
  await person.page.evaluate(() => localStorage.clear());
  await person.page.reload();
  await person.seesAccount();

  const reported = person.page.waitForResponse(/logout/);
  await person.see('sign-out').click();
  await reported;
  const calls: string[] = [];
  person.page.on('request', (request) => calls.push(new URL(request.url()).pathname));
  await person.page.reload();
  await person.seesSignedOut();
  expect(calls.filter((path) => path.startsWith('/api/'))).toEqual([]);
});

test('a visitor who has never signed in causes no request to the API', async ({ person }) => {
  const calls: string[] = [];
  person.page.on('request', (request) => {
    if (request.url().includes('/api/')) calls.push(request.url());
  });
  await person.openApp();
  await person.seesSignedOut();
  expect(calls).toEqual([]);
});

test('top-up opens a tab, and the balance is updated when the person returns', async ({ person }) => {
  await person.openApp();
  // A separate account, because other tests share this system and expect the first balance.
  await person.signIn({ username: 'user456', password: 'one-click' });
  const before = Number(await person.see('balance').textContent());
  const [tab] = await Promise.all([person.page.waitForEvent('popup'), person.see('top-up').click()]);
  await tab.getByTestId('provider-top-up').click();
  await expect(tab.getByText((before + 10).toFixed(2))).toBeVisible();
  expect(await tab.evaluate(() => window.opener === null)).toBe(true);
  await tab.close();
  await expect(person.see('balance')).toHaveText((before + 10).toFixed(2));
  await expect(person.see('reading')).toContainText(`${before.toFixed(2)} to ${(before + 10).toFixed(2)}`);
});

test('after a 401 the token is refreshed and the request is retried without a notice', async ({
  person,
  context,
  system,
}) => {
  const calls: string[] = [];
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith('/api/oauth/')) calls.push(`${pathname.slice(11)} ${response.status()}`);
  });
  const exchanged = person.page.waitForResponse(/exchange-token/);
  await person.openApp();
  await person.signIn();
  await system.endAccessToken(await exchanged);
  calls.length = 0;

  await person.see('refresh-balance').click();
  await expect(person.see('reading')).toContainText('unchanged');
  expect(calls).toEqual(['userinfo 401', 'session 200', 'refresh-token 200', 'userinfo 200']);
  await expect(person.see('notice')).toHaveCount(0);
  await person.seesAccount();
});

test('a sign-out ends the session in the tab and at the API, and Back does not show the user', async ({
  person,
  context,
}) => {
  await person.openApp();
  await person.signIn();
  await person.page.goto('about:blank');
  await person.page.goBack();
  await person.seesAccount();

  const reported = person.page.waitForResponse(/logout/);
  await person.see('sign-out').click();
  await person.seesSignedOut();
  expect((await reported).status()).toBe(204);
  expect((await context.cookies()).filter(({ name }) => name.startsWith('session'))).toEqual([]);

  await person.page.goto('about:blank');
  await person.page.goBack();
  await person.seesSignedOut();
  await expect(person.page.locator('body')).not.toContainText('user123');
  await person.page.reload();
  await person.seesSignedOut();
});

test('the sign-in after a sign-out lets the person choose an account', async ({ person }) => {
  await person.openApp();
  await person.signIn();
  const reported = person.page.waitForResponse(/logout/);
  await person.see('sign-out').click();
  await reported;
  const popup = await person.clickSignIn();
  await expect(popup.getByTestId('provider-allow')).toBeVisible();
  await popup.getByTestId('provider-allow').click();
  await person.seesAccount();
});

test('a sign-in reaches the other tabs', async ({ person, otherTab }) => {
  await otherTab.openApp();
  await otherTab.seesSignedOut();
  await person.openApp();
  await person.signIn();
  await otherTab.seesAccount();
});

test('a sign-out reaches the other tabs', async ({ person, otherTab }) => {
  await person.openApp();
  await person.signIn();
  await otherTab.openApp();
  await otherTab.seesAccount();
  await person.see('sign-out').click();
  await otherTab.seesSignedOut();
});

test.describe('with access tokens that live for 10 seconds', () => {
  test.use({ environment: { provider: { ACCESS_TOKEN_SECONDS: '10' } } });

  test('an access token of 10 seconds is refreshed before it expires, and no request is refused', async ({
    person,
  }) => {
    const refused: string[] = [];
    const refreshed: number[] = [];
    person.page.on('response', (response) => {
      if (response.status() === 401) refused.push(response.url());
      if (response.url().endsWith('/session')) refreshed.push(response.status());
    });
    await person.openApp();
    await person.signIn();
    await expect.poll(() => refreshed.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
    await person.see('refresh-balance').click();
    await expect(person.see('reading')).toContainText('unchanged');
    expect(refused).toEqual([]);
    expect(new Set(refreshed)).toEqual(new Set([200]));
  });
});

// The API refreshes a token that has less than 300 seconds left.
test.describe('with access tokens that live for 303 seconds', () => {
  test.use({ environment: { provider: { ACCESS_TOKEN_SECONDS: '303' } } });

  test('two tabs share one refresh', async ({ person, otherTab, context }) => {
    const tokens: Promise<string>[] = [];
    for (const { page } of [person, otherTab]) await page.clock.install();
    await person.openApp();
    await person.signIn();
    await otherTab.openApp();
    await otherTab.seesAccount();
    // Until the API counts the token as due.
    await person.page.waitForTimeout(4_000);
    context.on('response', (response) => {
      const { pathname } = new URL(response.url());
      expect(pathname).not.toBe(PATHS.refreshToken);
      if (pathname === PATHS.session) tokens.push(accessTokenIn(response));
    });
    // In both tabs, the time at which a page asks for a new token has come.
    await Promise.all([person, otherTab].map(({ page }) => page.clock.fastForward(180_000)));
    await expect.poll(() => tokens.length).toBe(2);
    // A second refresh at the provider would have brought another token.
    expect(new Set(await Promise.all(tokens)).size).toBe(1);
    for (const tab of [person, otherTab]) {
      await tab.see('refresh-balance').click();
      await expect(tab.see('reading')).toContainText('unchanged');
    }
  });
});

test('offline the last known balance stays with its age, and the notice disappears when the network returns', async ({
  person,
  context,
}) => {
  await person.openApp();
  await person.signIn();
  await context.setOffline(true);
  await person.seesNotice('offline');
  await expect(person.see('balance')).toHaveText(/\d/);
  await expect(person.page.getByText(/^This may be out of date/)).toBeVisible();
  await person.seesAccount();
  await context.setOffline(false);
  await expect(person.see('notice')).toHaveCount(0);
});

test('nothing moves when the account loads, is refreshed, and when an error appears', async ({
  person,
  context,
}) => {
  await person.page.setViewportSize({ width: 412, height: 823 });
  await person.openApp();
  await person.signIn();
  await person.page.addInitScript(() => {
    const shifts: unknown[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) =>
      shifts.push(...list.getEntries().map((entry) => entry.toJSON())),
    ).observe({ type: 'layout-shift', buffered: true });
  });
  await person.page.reload();
  await person.seesAccount();
  await person.see('refresh-balance').click();
  await expect(person.see('reading')).toContainText('unchanged');
  await context.setOffline(true);
  await person.seesNotice('offline');
  const shifts = await person.page.evaluate(async () => {
    // After two frames, the browser has reported what the notice has moved.
    for (let frame = 0; frame < 2; frame += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return Reflect.get(window, 'shifts');
  });
  expect(shifts).toEqual([]);
});
