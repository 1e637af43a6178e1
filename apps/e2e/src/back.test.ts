import { expect, test } from './system.ts';

// Playwright turns the cache for Back (bfcache) off. Here it is on, as people have it.
test.use({
  launchOptions: [
    async ({ launchOptions }, use) =>
      use({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    { scope: 'worker' },
  ],
});

test('what is kept of the page for Back shows nobody, and whoever is signed in still is shown again', async ({
  person,
  context,
  system,
}) => {
  const elsewhere = `${system.origins.web}/oauth/callback.html`;
  await person.openApp();
  await person.signIn();
  // A page with a window open is not kept.
  await expect.poll(() => context.pages()).toHaveLength(1);
  await person.page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      Object.assign(window, { cameBack: `${persisted} ${document.body.textContent}` });
    });
  });
  const cameBack = () => person.page.evaluate(() => String(Reflect.get(window, 'cameBack')));

  await person.page.goto(elsewhere);
  await person.page.goBack({ waitUntil: 'commit' });
  await person.seesAccount();
  expect(await cameBack()).toMatch(/^true/);
  expect(await cameBack()).not.toContain('user123');

  await person.page.goto(elsewhere);
  await context.clearCookies({ name: /^session/ });
  await person.page.goBack({ waitUntil: 'commit' });
  await person.seesSignedOut();
  expect(await cameBack()).not.toContain('user123');
});

test('a callback page that is kept for Back offers nothing any more, however long it is looked at', async ({
  person,
  system,
}) => {
  await person.page.clock.install();
  await person.page.goto(
    `${system.origins.web}/oauth/callback.html?state=${'s'.repeat(43)}&code=nobody-asked`,
  );
  await person.page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { isKept: persisted }));
  });
  await person.page.goto(system.origins.web);
  await person.page.goBack({ waitUntil: 'commit' });
  await expect(person.page.getByText('There is nothing to finish here.')).toBeVisible();
  expect(await person.page.evaluate(() => Reflect.get(window, 'isKept'))).toBe(true);
  await person.page.clock.runFor(10_000);
  await expect(person.page.getByRole('button')).toHaveText('Go to the app');
});
