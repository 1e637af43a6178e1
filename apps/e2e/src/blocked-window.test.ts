import type { Page } from '@playwright/test';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import { expect, test } from './system.ts';

// Playwright allows every window. Here Chromium's popup blocker decides, as in a normal browser.
test.use({
  launchOptions: [
    async ({ launchOptions }, use) =>
      use({ ...launchOptions, ignoreDefaultArgs: ['--disable-popup-blocking'] }),
    { scope: 'worker' },
  ],
});

test('if the browser blocks the window, the sign-in continues in the same tab', async ({
  person,
  context,
}) => {
  // A click by a script, without a user gesture.
  await person.page.addInitScript(() => {
    const timer = setInterval(() => {
      const button = document.querySelector<HTMLElement>('[data-testid=sign-in]');
      if (!button) return;
      clearInterval(timer);
      button.click();
    }, 50);
  });
  await person.openApp();
  await person.enterPassword(person.page);
  await person.page.getByTestId('provider-allow').click();
  await person.seesAccount();
  expect(context.pages()).toHaveLength(1);
});

/** From now on, the browser shows what should be a window in the app's own tab. */
async function openWindowsInPlace(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.open = (url) => {
      location.assign(String(url));
      return window;
    };
  });
}

test.describe('a built-in browser that opens a window in place of the app', () => {
  for (const { what, path, button } of [
    { what: 'a sign-in', path: PATHS.start, button: 'sign-in' },
    { what: 'a top-up', path: PATHS.topup, button: 'top-up' },
  ]) {
    test(`if the API is slow at ${what}, the page that stays offers the way back to the app`, async ({
      person,
      system,
    }) => {
      const { page } = person;
      await person.openApp();
      if (button === 'top-up') await person.signIn();
      await openWindowsInPlace(page);
      system.wires.api.break(path, { delayMs: 60_000 });
      await person.see(button).click();
      await page.waitForURL(`**${WEB_PATHS.opening}`);
      await page.getByRole('button', { name: 'Go to the app' }).click();
      await page.waitForURL(system.origins.web);
      await expect(person.see(button)).toBeVisible();
    });
  }

  test('a window of its own does not count as one in place of the app', async ({ person, system }) => {
    system.wires.api.break(PATHS.start, { delayMs: 60_000 });
    await person.openApp();
    const popup = await person.clickSignIn();
    await popup.waitForURL(`**${WEB_PATHS.opening}`);
    expect(await popup.evaluate(() => history.length)).toBe(1);
  });
});
