import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type HeaderManifest, headersFor } from '@oneclick/sign-in/headers';
import { inheritedEnvironment } from '@oneclick/stack/environment';
import { startParts } from '@oneclick/stack/start-parts';
import { inWorkspace } from '@oneclick/stack/workspace';
import getPort from 'get-port';
import { createFront } from './measure/front.ts';
import { unpackRecordedBuild } from './recorded-build.ts';
import { expect, test as base } from './system.ts';

/*
 * A deployment replaces the API and the web app one after the other, and may be undone. So each of them works with the
 * other one of an earlier version, whose build is on record.
 */

type Version = 'recorded' | 'present';

const test = base.extend<{
  port: number;
  /** The folder with the recorded build. */
  recorded: string;
  /** The origins of the API of each version. Both have the same configuration. */
  apis: Record<Version, string>;
  deploy: (versions: { web: Version; api: Version }) => void;
}>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  port: async ({}, use) => use(await getPort()),

  // oxlint-disable-next-line no-empty-pattern -- as above
  recorded: async ({}, use) => {
    const folder = unpackRecordedBuild();
    await use(folder);
    rmSync(folder, { recursive: true });
  },

  environment: async ({ port }, use) => {
    const origin = `http://localhost:${port}`;
    const redirectUris = {
      OAUTH_REDIRECT_URI: `${origin}/oauth/callback.html`,
      OAUTH_SERVER_REDIRECT_URI: `${origin}/oauth/callback`,
    };
    const SESSION_KEYS = `e2e:${randomBytes(32).toString('base64url')}`;
    await use({ api: { WEB_ORIGIN: origin, ...redirectUris, SESSION_KEYS }, provider: redirectUris });
  },

  apis: async ({ environment, recorded, system }, use) => {
    const port = await getPort();
    const part = {
      name: 'recorded API',
      cwd: join(recorded, 'api'),
      args: ['server.js'],
      environment: {
        ...inheritedEnvironment,
        ...system.apiSettings,
        ...environment?.api,
        PORT: String(port),
        // A proxy of the network can't reach the provider on this machine.
        no_proxy: 'localhost',
      },
      port,
      readyPath: '/healthz',
    };
    const running = await startParts({ parts: [part] });
    await use({ recorded: `http://127.0.0.1:${port}`, present: system.origins.api });
    await running.stop();
  },

  deploy: async ({ apis, port, recorded }, use) => {
    const manifestFile = inWorkspace('apps/web/dist-headers/headers.json');
    const builtManifest: HeaderManifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
    const webs = {
      // Its pages have no inline scripts.
      recorded: { folder: join(recorded, 'web'), manifest: { pages: {}, assets: [] } },
      present: { folder: inWorkspace('apps/web/dist'), manifest: builtManifest },
    };
    let answer = createFront({ folder: recorded, headersFor: () => ({}), api: apis.recorded });
    const server = createServer((request, response) => answer(request, response));
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await use(({ web, api }) => {
      const { folder, manifest } = webs[web];
      answer = createFront({ folder, headersFor: (path) => headersFor(path, manifest), api: apis[api] });
    });
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  },

  system: async ({ system, port }, use) =>
    use({ ...system, origins: { ...system.origins, web: `http://localhost:${port}` } }),
});

for (const { web, api, name } of [
  { web: 'recorded', api: 'present', name: 'the recorded web app works with the present API' },
  { web: 'present', api: 'recorded', name: 'the present web app works with the recorded API' },
] as const) {
  test(name, async ({ deploy, person, system }) => {
    deploy({ web, api });
    const exchanged = person.page.waitForResponse(/exchange-token/);
    await person.openApp();
    await person.signIn();
    await system.endAccessToken(await exchanged);
    const refreshed = person.page.waitForResponse(/refresh-token/);
    await person.see('refresh-balance').click();
    expect((await refreshed).status()).toBe(200);
    await expect(person.see('balance')).toHaveText('750.00');
    await person.page.reload();
    await person.seesAccount();
    await person.see('sign-out').click();
    await person.seesSignedOut();
    await person.page.reload();
    await person.seesSignedOut();
  });
}

test('a session and an open tab last through a deployment and its undoing', async ({
  context,
  deploy,
  otherTab,
  person,
  system,
}) => {
  deploy({ web: 'recorded', api: 'recorded' });
  await person.openApp();
  await person.signIn();

  for (const versions of [
    { web: 'recorded', api: 'present' },
    { web: 'present', api: 'present' },
    { web: 'present', api: 'recorded' },
    { web: 'recorded', api: 'recorded' },
  ] as const) {
    deploy(versions);
    const restored = otherTab.page.waitForResponse(/oauth\/session/);
    await otherTab.openApp();
    await otherTab.seesAccount();
    await system.endAccessToken(await restored);
    // The open tab has the web app of the start.
    const refreshed = context.waitForEvent('response', (response) =>
      response.url().endsWith('/refresh-token'),
    );
    await person.see('refresh-balance').click();
    expect((await refreshed).status()).toBe(200);
    await person.seesAccount();
  }
});

test('a tab that finds no files of its version after a deployment offers to reload the page, and stays signed in', async ({
  deploy,
  person,
}) => {
  deploy({ web: 'present', api: 'present' });
  await person.openApp();
  await person.seesSignedOut();
  deploy({ web: 'recorded', api: 'present' });
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await person.see('try-again').click();
  await person.seesAccount();
});
