import type { Page } from '@playwright/test';
import { WEB_PATHS } from '@oneclick/shared/paths';
import type { WireFault } from './fault-proxy.ts';
import type { Person } from './person.ts';
import { expect, test } from './system.ts';

/*
 * Each step of a sign-in and of a session while the server is down, slow or silent. Each ends in success or in a notice with
 * an error code. No fault signs the person out, and no screen stays on a spinner.
 */

const TOKEN = '/api/oauth2/token';

async function allow(popup: Page): Promise<void> {
  await popup.getByTestId('provider-allow').click();
}

/** Clicks until the notice disappears. A click while the previous request is still being retried has no effect. */
async function refreshesUntilRecovered(person: Person): Promise<void> {
  await expect(async () => {
    await person.see('refresh-balance').click();
    await expect(person.see('notice')).toHaveCount(0, { timeout: 1000 });
  }).toPass();
}

test.describe('faults of the provider', () => {
  for (const [name, fault] of [
    ['resets connections', 'reset'],
    ['shows an error page', { status: 503 }],
  ] satisfies [string, WireFault][]) {
    test(`if the provider ${name} at the authorization request, the person can close the window and sign in again`, async ({
      person,
      system,
    }) => {
      system.wires.provider.break('everywhere', fault);
      await person.openApp();
      const popup = await person.clickSignIn();
      await expect(person.see('continue-here')).toBeVisible();
      // `waitForURL` would fail, because the page fails to load.
      await expect.poll(() => popup.url()).toMatch(/^chrome-error:|\/authorize/);
      await popup.close();
      await person.seesSignedOut();

      system.wires.provider.mend();
      await person.signIn();
    });
  }

  for (const [error, code] of [
    ['access_denied', 'authorization_denied'],
    ['server_error', 'authorization_failed'],
  ]) {
    test(`if the provider sends ${error} without state, the window closes and the notice is ${code}`, async ({
      person,
      system,
      context,
    }) => {
      const callback = `${system.origins.web}${WEB_PATHS.callback}?error=${error}`;
      const html = `<script>location.replace('${callback}')</script>`;
      system.wires.provider.break('/api/oauth2/authorize', { status: 200, html });
      await person.openApp();
      await person.clickSignIn();
      await person.seesNotice(String(code));
      await expect.poll(() => context.pages().length).toBe(1);

      system.wires.provider.mend();
      await person.signIn();
    });
  }

  test('with a slow provider the sign-in succeeds', async ({ person, system }) => {
    for (const path of ['/api/oauth2/authorize', TOKEN, '/api/oauth2/userinfo']) {
      system.wires.provider.break(path, { delayMs: 1000 });
    }
    await person.openApp();
    await person.signIn();
    await expect(person.see('balance')).toHaveText('750.00');
  });

  for (const [name, fault, code] of [
    ['resets connections', 'reset', 'provider_unavailable'],
    ['answers 503', { status: 503 }, 'provider_unavailable'],
    ['answers with HTML', { status: 200 }, 'provider_bad_response'],
    ['never answers', 'hang', 'provider_timeout'],
  ] satisfies [string, WireFault, string][]) {
    test(`if the token endpoint ${name}, the notice is ${code} and the next click signs in`, async ({
      person,
      system,
    }) => {
      system.wires.provider.break(TOKEN, fault);
      await person.openApp();
      const popup = await person.clickSignIn();
      await person.enterPassword(popup);
      await allow(popup);
      await expect(person.see('notice')).toHaveAttribute('data-code', code, { timeout: 15_000 });
      await expect(person.see('notice')).toContainText(new RegExp(`support: ${code} [\\w-]{8,}`));
      await person.seesSignedOut();

      system.wires.provider.mend();
      await person.clickSignIn();
      await person.seesAccount();
    });
  }

  test('if userinfo fails, the person stays signed in and the balance appears when userinfo works again', async ({
    person,
    system,
  }) => {
    system.wires.provider.break('/api/oauth2/userinfo', { status: 502 });
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.enterPassword(popup);
    await allow(popup);
    await person.seesNotice('provider_unavailable');
    await expect(person.page.locator('html')).toHaveAttribute('data-session', 'signed-in');

    system.wires.provider.mend();
    await refreshesUntilRecovered(person);
    await person.seesAccount();
  });

  test('if the top-up endpoint fails, the new tab closes and the app shows a notice', async ({
    person,
    system,
  }) => {
    await person.openApp();
    await person.signIn();
    system.wires.provider.break('/api/oauth2/topup', 'reset');
    await person.see('top-up').click();
    await person.seesNotice('provider_unavailable');
    await person.seesAccount();
    await expect.poll(() => person.page.context().pages().length).toBe(1);
  });

  test('if the token endpoint answers 503 to a refresh, the session continues', async ({
    person,
    system,
  }) => {
    const exchanged = person.page.waitForResponse(/exchange-token/);
    await person.openApp();
    await person.signIn();
    await system.endAccessToken(await exchanged);
    system.wires.provider.break(TOKEN, { status: 503 });
    await person.see('refresh-balance').click();
    await person.seesNotice('provider_unavailable');
    await person.seesAccount();

    system.wires.provider.mend();
    await refreshesUntilRecovered(person);
    await person.seesAccount();
  });
});

test.describe('faults of the API', () => {
  for (const [name, fault] of [
    ['resets connections', 'reset'],
    ['is behind a broken proxy', { status: 502 }],
  ] satisfies [string, WireFault][]) {
    test(`if the API ${name} at the start of a transaction, the window closes and the app shows a notice`, async ({
      person,
      system,
    }) => {
      system.wires.api.break('/api/oauth/start', fault);
      await person.openApp();
      const popup = await person.clickSignIn();
      await person.seesSignedOut();
      await person.seesNotice('api_unreachable');
      await expect.poll(() => popup.isClosed()).toBe(true);

      system.wires.api.mend();
      await person.signIn();
    });

    test(`if the API ${name} at the code exchange, the app shows a notice and the next click signs in`, async ({
      person,
      system,
    }) => {
      await person.openApp();
      const popup = await person.clickSignIn();
      await person.enterPassword(popup);
      system.wires.api.break('/api/oauth/exchange-token', fault);
      await allow(popup);
      await person.seesNotice('api_unreachable');
      await person.seesSignedOut();

      system.wires.api.mend();
      await person.clickSignIn();
      await person.seesAccount();
    });

    test(`if the API ${name} on a reload, the app retries by itself and the person stays signed in`, async ({
      person,
      system,
    }) => {
      await person.openApp();
      await person.signIn();
      system.wires.api.break('everywhere', fault);
      await person.page.reload();
      await person.seesNotice('api_unreachable');
      await expect(person.page.locator('html')).toHaveAttribute('data-session', 'restoring');
      await expect(person.see('try-again')).toBeVisible();

      // No click: the app retries by itself.
      system.wires.api.mend();
      await person.seesAccount();
    });
  }

  test('if the API never answers on a reload, a notice appears after the time-out, and "Try again" restores the session', async ({
    person,
    system,
  }) => {
    await person.openApp();
    await person.signIn();
    system.wires.api.break('/api/oauth/session', 'hang');
    await person.page.reload();
    await expect(person.see('notice')).toHaveAttribute('data-code', 'api_unreachable', { timeout: 20_000 });
    system.wires.api.mend();
    await person.see('try-again').click();
    await person.seesAccount();
  });

  test('if the API never answers the start of a transaction, the person can cancel', async ({
    person,
    system,
  }) => {
    system.wires.api.break('/api/oauth/start', 'hang');
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.see('cancel-sign-in').click();
    await person.seesSignedOut();
    await expect.poll(() => popup.isClosed()).toBe(true);
  });

  test('if the response to the code exchange is lost, a notice appears after the time-out and the next click signs in', async ({
    person,
    system,
  }) => {
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.enterPassword(popup);
    system.wires.api.break('/api/oauth/exchange-token', 'cut');
    await allow(popup);
    await expect(person.see('notice')).toHaveAttribute('data-code', 'api_unreachable', { timeout: 20_000 });
    await person.seesSignedOut();

    system.wires.api.mend();
    await person.clickSignIn();
    await person.seesAccount();
  });

  test('if the API resets userinfo requests, the last known account stays on the screen', async ({
    person,
    system,
  }) => {
    await person.openApp();
    await person.signIn();
    system.wires.api.break('/api/oauth/userinfo', 'reset');
    await person.see('refresh-balance').click();
    await person.seesNotice('api_unreachable');
    await person.seesAccount();
    await expect(person.see('balance')).toHaveText('750.00');
  });

  test('if the API resets a refresh, the session continues', async ({ person, system }) => {
    const exchanged = person.page.waitForResponse(/exchange-token/);
    await person.openApp();
    await person.signIn();
    await system.endAccessToken(await exchanged);
    system.wires.api.break('/api/oauth/refresh-token', 'reset');
    await person.see('refresh-balance').click();
    await person.seesNotice('api_unreachable');
    await person.seesAccount();

    system.wires.api.mend();
    await refreshesUntilRecovered(person);
  });

  test('if the API is unreachable at a sign-out, the tab is signed out and the next load reports the sign-out', async ({
    person,
    system,
    context,
  }) => {
    const sessionCookies = async () =>
      (await context.cookies()).filter(({ name }) => name.startsWith('session'));
    await person.openApp();
    await person.signIn();
    system.wires.api.break('everywhere', 'reset');
    await person.see('sign-out').click();
    await person.seesSignedOut();
    await person.page.reload();
    await person.seesSignedOut();
    expect(await sessionCookies()).toHaveLength(1);

    system.wires.api.mend();
    await person.page.reload();
    await person.seesSignedOut();
    await expect.poll(sessionCookies).toEqual([]);
  });
});
