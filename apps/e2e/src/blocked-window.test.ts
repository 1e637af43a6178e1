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
