import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inWorkspace } from '@oneclick/stack/workspace';
import { build } from 'vite';
import { test as base } from './other-app.ts';
import type { Person } from './person.ts';
import { expect } from './system.ts';

/* The apps of front-end teams, which have nothing of apps/web, in the place of apps/web. */

const PLAIN_PAGE = inWorkspace('packages/sign-in/test/recipes/plain-page');
const TEAM_APP = inWorkspace('packages/sign-in/test/team-app');
const REACT_PACKAGES = ['react', 'react-dom', '@tanstack/react-query'];

const test = base.extend<{
  app: string;
  dependencies: string | undefined;
  origin: string;
}>({
  /** The folder of the app. */
  app: [TEAM_APP, { option: true }],
  /** The folder whose React the app is built with. */
  dependencies: [undefined, { option: true }],

  origin: async ({ app, dependencies, serve }, use, testInfo) => {
    const outDir = testInfo.outputPath('dist');
    await build({
      root: app,
      logLevel: 'warn',
      resolve: { alias: dependencies === undefined ? [] : reactOf(dependencies) },
      build: { outDir, emptyOutDir: true },
    });
    const scripts = globSync('assets/*.js', { cwd: outDir }).map((file) =>
      readFileSync(join(outDir, file), 'utf8'),
    );
    if (dependencies !== undefined) {
      const { version } = createRequire(join(dependencies, 'package.json'))('react');
      expect(scripts.join('\n')).toContain(version);
    }

    await use(await serve({ root: app, outDir }));
  },
});

/** Takes React and what depends on it from another folder than the app's own. */
const reactOf = (folder: string) =>
  REACT_PACKAGES.map((name) => ({
    find: new RegExp(`^${name}(?=$|/)`),
    replacement: join(folder, 'node_modules', name),
  }));

/** Signs in on a page whose buttons and texts are those of the recipes, reloads it, and signs out. */
async function signInAndOut(person: Person): Promise<void> {
  const { page } = person;
  const signInButton = page.getByRole('button', { name: 'Sign in with AIHubMix' });
  const balance = page.getByText('Your balance: 750.00');

  const [popup] = await Promise.all([page.waitForEvent('popup'), signInButton.click()]);
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await expect(balance).toBeVisible();

  await page.reload();
  await expect(balance).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(signInButton).toBeVisible();
  await page.reload();
  await expect(signInButton).toBeVisible();
}

for (const [react, dependencies] of [
  ['18', inWorkspace('packages/sign-in/test/react-18')],
  ['19', TEAM_APP],
] as const) {
  test.describe(`an app of another team under React ${react}`, () => {
    test.use({ dependencies });

    test(`signs in, shows the balance, restores the session and signs out (React ${react})`, async ({
      person,
      origin,
    }) => {
      await person.page.goto(origin);
      await person.page.getByRole('link', { name: 'Your account' }).click();
      await signInAndOut(person);
    });
  });
}

test.describe('a plain page', () => {
  test.use({ app: PLAIN_PAGE });

  test('a page without React signs in, shows the balance, restores the session and signs out', async ({
    person,
    origin,
  }) => {
    await person.page.goto(origin);
    await signInAndOut(person);
  });
});
