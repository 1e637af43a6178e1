import { expect, test } from './system.ts';

const NOBODY_LISTENS = 'http://127.0.0.1:9';

test.describe('while the token endpoint is down', () => {
  test.use({ environment: { api: { OAUTH_TOKEN_ENDPOINT: `${NOBODY_LISTENS}/token` } } });

  test('the sign-in ends in a sentence with a request id, and the button is back', async ({ person }) => {
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.enterPassword(popup);
    await popup.getByTestId('provider-allow').click();
    await person.seesSignedOut();
    await person.seesNotice('provider_unavailable');
    await expect(person.see('notice')).toContainText(/Quote this to support: provider_unavailable [\w-]{8,}/);
  });
});

test.describe('while userinfo is down', () => {
  test.use({ environment: { api: { OAUTH_USERINFO_ENDPOINT: `${NOBODY_LISTENS}/userinfo` } } });

  test('nobody is signed out: the screen says that AIHubMix can not be reached', async ({ person }) => {
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.enterPassword(popup);
    await popup.getByTestId('provider-allow').click();
    await person.seesNotice('provider_unavailable');
    await expect(person.page.locator('html')).toHaveAttribute('data-session', 'signed-in');
    await person.see('sign-out').click();
    await person.seesSignedOut();
  });
});

test.describe('while the API is down', () => {
  test.use({ environment: { web: { API_PROXY_TARGET: NOBODY_LISTENS } } });

  test('the window closes and the page says so', async ({ person }) => {
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.seesSignedOut();
    await person.seesNotice('api_unreachable');
    await expect.poll(() => popup.isClosed()).toBe(true);
  });

  test('a reload keeps trying instead of signing the person out', async ({ person }) => {
    await person.openApp();
    await person.page.evaluate(() => localStorage.setItem('session', 'signed-in'));
    await person.page.reload();
    await person.seesNotice('api_unreachable');
    await expect(person.page.locator('html')).toHaveAttribute('data-session', 'restoring');
    await expect(person.see('try-again')).toBeVisible();
  });
});
