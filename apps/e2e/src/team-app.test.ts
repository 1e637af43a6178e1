import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { signIn } from '@oneclick/sign-in/vite';
import { inWorkspace } from '@oneclick/stack/workspace';
import getPort from 'get-port';
import { build, preview } from 'vite';
import { expect, test as base } from './system.ts';

/* The app of a front-end team, which has nothing of apps/web, in the place of apps/web. */

const TEAM_APP = inWorkspace('packages/sign-in/test/team-app');
const REACT_PACKAGES = ['react', 'react-dom', '@tanstack/react-query'];

const test = base.extend<{ dependencies: string; port: number; origin: string }>({
  /** The folder whose React the app is built with. */
  dependencies: [TEAM_APP, { option: true }],

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

  origin: async ({ dependencies, port, system }, use, testInfo) => {
    const outDir = testInfo.outputPath('dist');
    await build({
      root: TEAM_APP,
      logLevel: 'warn',
      resolve: {
        alias: REACT_PACKAGES.map((name) => ({
          find: new RegExp(`^${name}(?=$|/)`),
          replacement: join(dependencies, 'node_modules', name),
        })),
      },
      build: { outDir, emptyOutDir: true },
    });
    const { version } = createRequire(join(dependencies, 'package.json'))('react');
    const scripts = globSync('assets/*.js', { cwd: outDir }).map((file) =>
      readFileSync(join(outDir, file), 'utf8'),
    );
    expect(scripts.join('\n')).toContain(version);

    const server = await preview({
      root: TEAM_APP,
      configFile: false,
      plugins: [signIn({ apiTarget: system.wires.api.origin })],
      build: { outDir },
      preview: { port, strictPort: true },
    });
    await use(`http://localhost:${port}`);
    await server.close();
  },
});

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
      const { page } = person;
      const signInButton = page.getByRole('button', { name: 'Sign in with AIHubMix' });
      const balance = page.getByText('Your balance: 750.00');

      await page.goto(origin);
      await page.getByRole('link', { name: 'Your account' }).click();
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
    });
  });
}
