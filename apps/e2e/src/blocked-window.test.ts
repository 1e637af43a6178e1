import { expect, test } from './system.ts';

// Playwright lets every window open. Here the browser decides, as it does for people.
test.use({
  launchOptions: [
    async ({ launchOptions }, use) =>
      use({ ...launchOptions, ignoreDefaultArgs: ['--disable-popup-blocking'] }),
    { scope: 'worker' },
  ],
});

test('a window that the browser blocks: the sign-in goes on in the same tab', async ({ person, context }) => {
  // A click that no gesture is behind.
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
