import { expect, test } from './system.ts';

// Playwright disables the back/forward cache (bfcache). These tests enable it, as in a normal browser.
test.use({
  launchOptions: [
    async ({ launchOptions }, use) =>
      use({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    { scope: 'worker' },
  ],
});

test('a page from the back/forward cache shows no user until the API has confirmed the session', async ({
  person,
  context,
  system,
}) => {
  const otherPage = `${system.origins.web}/oauth/callback.html`;
  await person.openApp();
  await person.signIn();
  // The browser does not cache a page while a window that it opened is open.
  await expect.poll(() => context.pages()).toHaveLength(1);
  await person.page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      Object.assign(window, { restored: `${persisted} ${document.body.textContent}` });
    });
  });
  const restored = () => person.page.evaluate(() => String(Reflect.get(window, 'restored')));

  await person.page.goto(otherPage);
  await person.page.goBack({ waitUntil: 'commit' });
  await person.seesAccount();
  expect(await restored()).toMatch(/^true/);
  expect(await restored()).not.toContain('user123');

  await person.page.goto(otherPage);
  await context.clearCookies({ name: /^session/ });
  await person.page.goBack({ waitUntil: 'commit' });
  await person.seesSignedOut();
  expect(await restored()).not.toContain('user123');
});

test('a callback page from the back/forward cache does not offer to finish the sign-in', async ({
  person,
  system,
}) => {
  await person.page.clock.install();
  await person.page.goto(
    `${system.origins.web}/oauth/callback.html?state=${'s'.repeat(43)}&code=nobody-asked`,
  );
  await person.page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { isFromCache: persisted }));
  });
  await person.page.goto(system.origins.web);
  await person.page.goBack({ waitUntil: 'commit' });
  await expect(person.page.getByText('There is nothing to finish here.')).toBeVisible();
  expect(await person.page.evaluate(() => Reflect.get(window, 'isFromCache'))).toBe(true);
  await person.page.clock.runFor(10_000);
  await expect(person.page.getByRole('button')).toHaveText('Go to the app');
});
