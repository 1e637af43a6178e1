import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { signIn } from '@oneclick/sign-in/vite';
import { inWorkspace } from '@oneclick/stack/workspace';
import getPort from 'get-port';
import { build, preview } from 'vite';
import type { Person } from './person.ts';
import { expect, test as base } from './system.ts';

/* The apps of front-end teams, which have nothing of apps/web, in the place of apps/web. */

const PLAIN_PAGE = inWorkspace('packages/sign-in/test/recipes/plain-page');
const TEAM_APP = inWorkspace('packages/sign-in/test/team-app');
const REACT_PACKAGES = ['react', 'react-dom', '@tanstack/react-query'];

const test = base.extend<{
  app: string;
  dependencies: string | undefined;
  port: number;
  origin: string;
}>({
  /** The folder of the app. */
  app: [TEAM_APP, { option: true }],
  /** The folder whose React the app is built with. */
  dependencies: [undefined, { option: true }],

  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  port: async ({}, use) => {
    await use(await getPort());
  },

  environment: async ({ port }, use) => {
    const origin = `http://localhost:${port}`;
    const redirectUris = {
      OAUTH_REDIRECT_URI: `${origin}/oauth/callback.html`,
      OAUTH_SERVER_REDIRECT_URI: `${origin}/oauth/callback`,
    };
    await use({ api: { WEB_ORIGIN: origin, ...redirectUris }, provider: redirectUris });
  },

  origin: async ({ app, dependencies, port, system }, use, testInfo) => {
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

    const server = await preview({
      root: app,
      configFile: false,
      plugins: [signIn({ apiTarget: system.wires.api.origin })],
      build: { outDir },
      preview: { port, strictPort: true },
    });
    await use(`http://localhost:${port}`);
    await server.close();
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
