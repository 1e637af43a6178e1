import { expect, test } from './system.ts';

test.use({ mode: 'development' });

test('a sign-in works with the development servers', async ({ person }) => {
  await person.openApp();
  await person.signIn();
  await expect(person.see('balance')).toHaveText('750.00');
});
