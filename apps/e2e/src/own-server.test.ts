import { type OwnServer, startOwnServer } from '@oneclick/sign-in/test/own-server/start-own-server.ts';
import { signIn } from '@oneclick/sign-in/vite';
import { inWorkspace } from '@oneclick/stack/workspace';
import { build } from 'vite';
import { test as base } from './other-app.ts';
import { accessTokenIn, expect } from './system.ts';

/* A page of a team whose own server, on another origin, learns from the identity token who is signed in. */

const PAGE = inWorkspace('packages/sign-in/test/own-server/page');

declare global {
  /** The part of the page's client that this test calls. */
  interface Window {
    client: {
      fetch: (target: string, init?: RequestInit) => Promise<Response>;
      signOut: () => Promise<void>;
    };
  }
}

const test = base.extend<{ servers: { own: OwnServer; other: OwnServer }; origin: string }>({
  // The policy of a real deployment names the own server in `connect-src`.
  bypassCSP: true,

  apiVariables: { IDENTITY_AUDIENCE: 'shop' },

  servers: async ({ port }, use) => {
    const webOrigin = `http://localhost:${port}`;
    const options = { apiOrigin: webOrigin, webOrigin, audience: 'shop' };
    const servers = { own: await startOwnServer(options), other: await startOwnServer(options) };
    await use(servers);
    await Promise.all([servers.own.stop(), servers.other.stop()]);
  },

  origin: async ({ serve, servers, system }, use, testInfo) => {
    const outDir = testInfo.outputPath('dist');
    await build({
      root: PAGE,
      configFile: false,
      logLevel: 'warn',
      plugins: [signIn({ apiTarget: system.wires.api.origin })],
      define: { 'import.meta.env.VITE_OWN_ORIGIN': JSON.stringify(servers.own.origin) },
      build: { outDir, emptyOutDir: true },
    });
    await use(await serve({ root: PAGE, outDir }));
  },
});

test("the app's own server learns from client.fetch who is signed in, and no other server gets the token", async ({
  person,
  origin,
  servers: { own, other },
}) => {
  const { page } = person;
  const send = async (url: string, init?: { method: string; body: string }) =>
    page.evaluate(
      async ([target, options]) => {
        try {
          const response = await window.client.fetch(target, options);
          return { status: response.status, body: await response.text() };
        } catch (error) {
          return String(error);
        }
      },
      [url, init] as const,
    );
  const orders = `${own.origin}/orders`;
  const order = { method: 'POST', body: '{"item":1}' };

  await page.goto(origin);
  await expect(page.getByText('signed-out')).toBeVisible();
  expect(await send(orders, order)).toContain('no_session');

  const answered = page.waitForResponse('**/api/oauth/exchange-token**');
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button').click()]);
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await expect(page.getByText('signed-in')).toBeVisible();
  const accessToken = await accessTokenIn(await answered);

  const accepted = await send(orders, order);
  expect(accepted).toMatchObject({ status: 200 });
  expect(JSON.parse(typeof accepted === 'string' ? '' : accepted.body)).toEqual({ user: '12345', ...order });

  own.refuse(1);
  expect(await send(orders, order)).toEqual(accepted);
  expect(own.requests).toHaveLength(3);
  own.refuse(2);
  expect(await send(orders)).toMatchObject({ status: 401 });

  expect(await send(`${own.origin}/redirect?to=${other.origin}`)).toContain('TypeError');
  expect(await send(other.origin)).toContain(`TypeError: Not one of ownOrigins: ${other.origin}`);
  expect(other.requests).toEqual([]);

  // The access token of this user, which any app of AIHubMix may have, is refused.
  const byAccessToken = await fetch(orders, { headers: { Authorization: `Bearer ${accessToken}` } });
  expect(byAccessToken.status).toBe(401);

  await page.evaluate(() => window.client.signOut());
  expect(await send(orders, order)).toContain('no_session');
});
