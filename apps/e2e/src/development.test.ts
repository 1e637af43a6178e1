import { expect, test } from './system.ts';

test.use({ mode: 'development' });

test('a sign-in works from the sources, too', async ({ person }) => {
  await person.openApp();
  await person.signIn();
  await expect(person.see('balance')).toHaveText('750.00');
});
