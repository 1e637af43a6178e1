import { expect, test } from './system.ts';

test('a link to the server-side flow signs in without a window, and the app restores the session', async ({
  person,
  system,
}) => {
  const { page } = person;
  await page.goto(`${system.origins.web}/auth/oauth/start?return_to=/%3Fplan%3Dpro`);
  await person.enterPassword(page);
  await page.getByTestId('provider-allow').click();
  await person.seesAccount();
  expect(page.url()).toBe(`${system.origins.web}/?plan=pro`);
  await page.reload();
  await person.seesAccount();
});

test('a denial in the server-side flow returns to the app with a notice and the button', async ({
  person,
  system,
}) => {
  const { page } = person;
  await page.goto(`${system.origins.web}/auth/oauth/start`);
  await person.enterPassword(page);
  await page.getByTestId('provider-deny').click();
  await person.seesSignedOut();
  await person.seesNotice('authorization_denied');
  expect(page.url()).toBe(`${system.origins.web}/`);
});

test('a link on another site cannot start the server-side flow and leads to the app with the reason', async ({
  person,
  system,
}) => {
  const { page } = person;
  await page.goto(`${system.origins.provider?.replace('localhost', '127.0.0.1')}/`);
  await page.evaluate((address) => {
    document.body.innerHTML = `<a href="${address}">free credits</a>`;
  }, `${system.origins.web}/auth/oauth/start`);
  await page.getByText('free credits').click();
  await person.seesNotice('origin_not_allowed');
  await person.seesSignedOut();
  expect(page.url()).toBe(`${system.origins.web}/`);
});
