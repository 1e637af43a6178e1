import { expect, test } from './system.ts';

test('a reload keeps the session, and the sign-in screen never shows', async ({ person }) => {
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

test('a visitor who never signed in costs the API no call', async ({ person }) => {
  const calls: string[] = [];
  person.page.on('request', (request) => {
    if (request.url().includes('/api/')) calls.push(request.url());
  });
  await person.openApp();
  await person.seesSignedOut();
  expect(calls).toEqual([]);
});

test('topping up opens a tab, and the balance has risen on return', async ({ person }) => {
  await person.openApp();
  // Another account than the other tests': they share this system, and know the balance.
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

test('an access token that the provider ended is refreshed and the request retried, unseen', async ({
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
  expect(calls).toEqual(['userinfo 401', 'refresh-token 200', 'userinfo 200']);
  await expect(person.see('notice')).toHaveCount(0);
  await person.seesAccount();
});

test('signing out ends the session here and at the API, and Back shows nothing of the user', async ({
  person,
  context,
}) => {
  await person.openApp();
  await person.signIn();
  await person.page.goto('about:blank');
  await person.page.goBack();
  await person.seesAccount();

  const told = person.page.waitForResponse(/logout/);
  await person.see('sign-out').click();
  await person.seesSignedOut();
  expect((await told).status()).toBe(204);
  expect((await context.cookies()).filter(({ name }) => name.startsWith('session'))).toEqual([]);

  await person.page.goto('about:blank');
  await person.page.goBack();
  await person.seesSignedOut();
  await expect(person.page.locator('body')).not.toContainText('user123');
  await person.page.reload();
  await person.seesSignedOut();
});

test('after a sign-out the next sign-in lets the person pick an account', async ({ person }) => {
  await person.openApp();
  await person.signIn();
  const told = person.page.waitForResponse(/logout/);
  await person.see('sign-out').click();
  await told;
  const popup = await person.clickSignIn();
  await expect(popup.getByTestId('provider-allow')).toBeVisible();
  await popup.getByTestId('provider-allow').click();
  await person.seesAccount();
});

test('signing out reaches the other tabs', async ({ person, otherTab }) => {
  await person.openApp();
  await person.signIn();
  await otherTab.openApp();
  await otherTab.seesAccount();
  await person.see('sign-out').click();
  await otherTab.seesSignedOut();
});

test.describe('with access tokens that live for 4 seconds', () => {
  test.use({ environment: { provider: { ACCESS_TOKEN_SECONDS: '4' } } });

  test('the token is refreshed in time, again and again, and no request is refused', async ({ person }) => {
    const refused: string[] = [];
    const refreshed: number[] = [];
    person.page.on('response', (response) => {
      if (response.status() === 401) refused.push(response.url());
      if (response.url().endsWith('/refresh-token')) refreshed.push(response.status());
    });
    await person.openApp();
    await person.signIn();
    await expect.poll(() => refreshed.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    await person.see('refresh-balance').click();
    await expect(person.see('reading')).toContainText('unchanged');
    expect(refused).toEqual([]);
    expect(new Set(refreshed)).toEqual(new Set([200]));
  });
});

test.describe('with access tokens that live for 12 seconds', () => {
  test.use({ environment: { provider: { ACCESS_TOKEN_SECONDS: '12' } } });

  test('one tab refreshes for all', async ({ person, otherTab, context }) => {
    const calls: string[] = [];
    context.on('request', (request) => calls.push(new URL(request.url()).pathname));
    await person.openApp();
    await person.signIn();
    await otherTab.openApp();
    await otherTab.seesAccount();
    const refreshes = () => calls.filter((path) => path.endsWith('/refresh-token')).length;
    await expect.poll(refreshes, { timeout: 15_000 }).toBe(1);
    // Long enough for the other tab to ask, too, if it had not been given the new token.
    await person.page.waitForTimeout(3_000);
    expect(refreshes()).toBe(1);
    for (const tab of [person, otherTab]) {
      await tab.see('refresh-balance').click();
      await expect(tab.see('reading')).toContainText('unchanged');
    }
    expect(refreshes()).toBe(1);
  });
});

test('offline, the last known balance stays with its age, and everything goes on by itself', async ({
  person,
  context,
}) => {
  await person.openApp();
  await person.signIn();
  await context.setOffline(true);
  await person.seesNotice('offline');
  await expect(person.see('balance')).toHaveText(/\d/);
  await expect(person.page.getByText(/^Shown as it was/)).toBeVisible();
  await person.seesAccount();
  await context.setOffline(false);
  await expect(person.see('notice')).toHaveCount(0);
});
