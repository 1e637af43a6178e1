import { PATHS } from '@oneclick/shared/paths';
import { type HttpsFront, startHttpsFront } from './https-front.ts';
import { expect, test as base } from './system.ts';

/* The web app and the API over https: on one origin, on two hosts of one site, and on two sites. */

const test = base.extend<{ apiHost: string; front: HttpsFront }>({
  apiHost: ['app.one.localhost', { option: true }],
  ignoreHTTPSErrors: true,

  front: async ({ apiHost }, use) => {
    const front = await startHttpsFront({ app: 'app.one.localhost', api: apiHost });
    await use(front);
    front.close();
  },

  environment: async ({ front: { appOrigin, apiOrigin }, apiHost }, use) => {
    const isOneSite = apiHost.endsWith('.one.localhost');
    const serverRedirectUri = isOneSite ? `${apiOrigin}/oauth/callback` : '';
    await use({
      api: {
        WEB_ORIGIN: appOrigin,
        API_ORIGIN: apiOrigin,
        OAUTH_REDIRECT_URI: `${appOrigin}/oauth/callback.html`,
        OAUTH_SERVER_REDIRECT_URI: serverRedirectUri,
      },
      provider: {
        OAUTH_REDIRECT_URI: `${appOrigin}/oauth/callback.html`,
        OAUTH_SERVER_REDIRECT_URI: serverRedirectUri || undefined,
      },
    });
  },

  system: async ({ system, front }, use) => {
    const { web, api } = system.origins;
    front.forwardTo({ web, api });
    await use({ ...system, origins: { ...system.origins, web: front.appOrigin } });
  },
});

for (const { name, apiHost, cookies } of [
  {
    name: 'one origin',
    apiHost: 'app.one.localhost',
    cookies: [
      { name: '__Host-Http-session', sameSite: 'Strict', secure: true, httpOnly: true },
      { name: '__Host-oneclick-session', sameSite: 'Strict', secure: true, httpOnly: false },
    ],
  },
  {
    name: 'two hosts of one site',
    apiHost: 'api.one.localhost',
    cookies: [{ name: '__Host-Http-session', sameSite: 'Strict', secure: true, httpOnly: true }],
  },
  {
    name: 'two sites',
    apiHost: 'api.two.localhost',
    cookies: [
      {
        name: '__Host-Http-session',
        sameSite: 'None',
        secure: true,
        httpOnly: true,
        partitionKey: 'https://one.localhost',
      },
    ],
  },
]) {
  test.describe(name, () => {
    test.use({ apiHost });

    test(`on ${name} a sign-in, a reload and a sign-out work, and the cookies fit the topology`, async ({
      person,
      front,
      context,
    }) => {
      const { page } = person;
      await person.openApp();
      await person.signIn();
      const stored = (await context.cookies(front.apiOrigin)).filter(({ path }) => path === '/');
      expect(stored.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject(cookies);
      await page.reload();
      await person.seesAccount();
      await person.see('sign-out').click();
      await person.seesSignedOut();
      await page.reload();
      await person.seesSignedOut();
    });
  });
}

for (const apiHost of ['app.one.localhost', 'api.one.localhost']) {
  test.describe(`server-side flow with the API at ${apiHost}`, () => {
    test.use({ apiHost });

    test(`the server-side flow with the API at ${apiHost} returns from another site with a Strict session cookie`, async ({
      person,
      front,
      context,
    }) => {
      const { page } = person;
      await person.openApp();
      await page.evaluate((address) => location.assign(address), front.apiOrigin + PATHS.serverSideStart);
      const provider = page.locator('[name=username]');
      await provider.waitFor();
      const pending = await context.cookies(front.apiOrigin);
      expect(pending.map(({ sameSite }) => sameSite)).toEqual(['Lax']);
      await person.enterPassword(page);
      await page.getByTestId('provider-allow').click();
      await person.seesAccount();
      expect(page.url()).toBe(`${front.appOrigin}/`);
      const session = (await context.cookies(front.apiOrigin)).find(({ httpOnly }) => httpOnly);
      expect(session).toMatchObject({ name: '__Host-Http-session', sameSite: 'Strict' });

      const ask = (headers: Record<string, string>) =>
        page.evaluate(
          async ([address, given]) =>
            (await fetch(address, { credentials: 'include', headers: given })).status,
          [front.apiOrigin + PATHS.sessionUserinfo, headers] as const,
        );
      expect(await ask({ 'X-CSRF': '1' })).toBe(200);
      expect(await ask({})).toBe(403);

      // The browser requested the callback twice, and the second answer was an error. No mark says that the first one
      // has signed in.
      await page.evaluate(() => localStorage.clear());
      await page.goto(`${front.appOrigin}/?error=transaction_not_found`);
      await person.seesAccount();
      await expect(person.see('notice')).toHaveCount(0);
    });
  });
}
