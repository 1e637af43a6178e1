import type { Page } from '@playwright/test';
import type { WireFault } from './fault-proxy.ts';
import { expect, type Person, test } from './system.ts';

/*
 * Each step of a sign-in and of a session, while the server behind it is down, slow or mute. However it goes wrong, it ends
 * in a notice with a code or well; nobody is signed out by it, and nothing ends on a spinner.
 */

const TOKEN = '/api/oauth2/token';

async function allow(popup: Page): Promise<void> {
  await popup.getByTestId('provider-allow').click();
}

/** A click while the reading before is still being tried again changes nothing, so the person clicks until it helps. */
async function seesItRecover(person: Person): Promise<void> {
  await expect(async () => {
    await person.see('refresh-balance').click();
    await expect(person.see('notice')).toHaveCount(0, { timeout: 1000 });
  }).toPass();
}

test.describe('the provider', () => {
  for (const [name, fault] of [
    ['does not answer', 'reset'],
    ['shows an error page', { status: 503 }],
  ] satisfies [string, WireFault][]) {
    test(`whose sign-in page ${name}: the person closes it and begins again`, async ({ person, system }) => {
      system.wires.provider.break('everywhere', fault);
      await person.openApp();
      const popup = await person.clickSignIn();
      await expect(person.see('continue-here')).toBeVisible();
      // Not waitForURL: it fails with the page.
      await expect.poll(() => popup.url()).toMatch(/^chrome-error:|\/authorize/);
      await popup.close();
      await person.seesSignedOut();

      system.wires.provider.mend();
      await person.signIn();
    });
  }

  test('that is slow: the sign-in takes its time and ends well', async ({ person, system }) => {
    for (const path of ['/api/oauth2/authorize', TOKEN, '/api/oauth2/userinfo']) {
      system.wires.provider.break(path, { delayMs: 1000 });
    }
    await person.openApp();
    await person.signIn();
    await expect(person.see('balance')).toHaveText('750.00');
  });

  for (const [name, fault, code] of [
    ['does not answer', 'reset', 'provider_unavailable'],
    ['answers 503', { status: 503 }, 'provider_unavailable'],
    ['answers with a page', { status: 200 }, 'provider_bad_response'],
    ['is mute', 'hang', 'provider_timeout'],
  ] satisfies [string, WireFault, string][]) {
    test(`whose token endpoint ${name}: ${code}, and the next click signs in`, async ({ person, system }) => {
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

  test('whose userinfo is down: nobody is signed out, and the balance comes when it is back', async ({
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
    await seesItRecover(person);
    await person.seesAccount();
  });

  test('whose topup is down: the tab closes, and the screen says so', async ({ person, system }) => {
    await person.openApp();
    await person.signIn();
    system.wires.provider.break('/api/oauth2/topup', 'reset');
    await person.see('top-up').click();
    await person.seesNotice('provider_unavailable');
    await person.seesAccount();
    await expect.poll(() => person.page.context().pages().length).toBe(1);
  });

  test('that refuses to refresh for now: the session goes on', async ({ person, system }) => {
    const exchanged = person.page.waitForResponse(/exchange-token/);
    await person.openApp();
    await person.signIn();
    await system.endAccessToken(await exchanged);
    system.wires.provider.break(TOKEN, { status: 503 });
    await person.see('refresh-balance').click();
    await person.seesNotice('provider_unavailable');
    await person.seesAccount();

    system.wires.provider.mend();
    await seesItRecover(person);
    await person.seesAccount();
  });
});

test.describe('the API', () => {
  for (const [name, fault] of [
    ['does not answer', 'reset'],
    ['is behind a broken proxy', { status: 502 }],
  ] satisfies [string, WireFault][]) {
    test(`that ${name} at the start: the window closes and the page says so`, async ({ person, system }) => {
      system.wires.api.break('/api/oauth/start', fault);
      await person.openApp();
      const popup = await person.clickSignIn();
      await person.seesSignedOut();
      await person.seesNotice('api_unreachable');
      await expect.poll(() => popup.isClosed()).toBe(true);

      system.wires.api.mend();
      await person.signIn();
    });

    test(`that ${name} at the exchange: the page says so, and the next click signs in`, async ({
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

    test(`that ${name} on a reload: it is tried again, and nobody is signed out`, async ({
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

      // By itself: nobody clicks.
      system.wires.api.mend();
      await person.seesAccount();
    });
  }

  test('that is mute at the start: who does not want to wait cancels', async ({ person, system }) => {
    system.wires.api.break('/api/oauth/start', 'hang');
    await person.openApp();
    const popup = await person.clickSignIn();
    await person.see('cancel-sign-in').click();
    await person.seesSignedOut();
    await expect.poll(() => popup.isClosed()).toBe(true);
  });

  test('whose answer to the exchange is lost: told when its time is over, and the next click signs in', async ({
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

  test('that does not pass userinfo on: the last known account stays', async ({ person, system }) => {
    await person.openApp();
    await person.signIn();
    system.wires.api.break('/api/oauth/userinfo', 'reset');
    await person.see('refresh-balance').click();
    await person.seesNotice('api_unreachable');
    await person.seesAccount();
    await expect(person.see('balance')).toHaveText('750.00');
  });

  test('that is down at the refresh: the session goes on', async ({ person, system }) => {
    const exchanged = person.page.waitForResponse(/exchange-token/);
    await person.openApp();
    await person.signIn();
    await system.endAccessToken(await exchanged);
    system.wires.api.break('/api/oauth/refresh-token', 'reset');
    await person.see('refresh-balance').click();
    await person.seesNotice('api_unreachable');
    await person.seesAccount();

    system.wires.api.mend();
    await seesItRecover(person);
  });

  test('that can not be told of a sign-out: signed out here, and it is told on the next load', async ({
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
