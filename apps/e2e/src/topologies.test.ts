import type { Response } from '@playwright/test';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import { installedWebServers } from '@oneclick/stack/web-servers';
import type { DeploymentDescription } from './deployment.ts';
import { expect, test as base } from './system.ts';

/*
 * The web app and the API over https, behind nginx and behind Caddy: on one origin, on two hosts of one site, and on two
 * sites. The files of apps/web/deploy and apps/api/deploy configure the servers. Each test looks at what the browser
 * gets and at what the API receives.
 */

const test = base.extend<{ answers: Response[] }>({
  ignoreHTTPSErrors: true, // The CA of the test is unknown to the browser.

  /** What the browser has received in all windows. */
  answers: async ({ context }, use) => {
    const answers: Response[] = [];
    context.on('response', (response) => answers.push(response));
    await use(answers);
  },
});

const SESSION = { name: '__Host-Http-session', secure: true, httpOnly: true };
const HINT = { name: '__Host-oneclick-session', secure: true, httpOnly: false };

const TOPOLOGIES = [
  {
    name: 'one origin',
    apiHost: 'app.one.localhost',
    fetchSite: 'same-origin',
    resourcePolicy: 'same-origin',
    cookies: [
      { ...SESSION, sameSite: 'Strict' },
      { ...HINT, sameSite: 'Strict' },
    ],
  },
  {
    name: 'two hosts of one site',
    apiHost: 'api.one.localhost',
    fetchSite: 'same-site',
    resourcePolicy: 'same-site',
    cookies: [{ ...SESSION, sameSite: 'Strict' }],
  },
  {
    name: 'two sites',
    apiHost: 'api.two.localhost',
    fetchSite: 'cross-site',
    resourcePolicy: 'cross-origin',
    cookies: [{ ...SESSION, sameSite: 'None', partitionKey: 'https://one.localhost' }],
  },
];

for (const server of ['nginx', 'caddy'] satisfies DeploymentDescription['server'][]) {
  for (const { name, apiHost, fetchSite, resourcePolicy, cookies } of TOPOLOGIES) {
    const isApart = fetchSite !== 'same-origin';
    const isCrossSite = fetchSite === 'cross-site';

    test.describe(`${server}, ${name}`, () => {
      test.skip(!installedWebServers[server], `${server} is not installed`);
      test.use({
        deployment: { server, hosts: { web: 'app.one.localhost', api: apiHost } },
        // Browsers send no Strict cookie from another site, so the API refuses this flow on two sites.
        environment: isCrossSite ? { api: { OAUTH_SERVER_REDIRECT_URI: '' } } : {},
      });

      test(`behind ${server}, on ${name}: sign-in, reload and sign-out work, with the headers and cookies of the contract`, async ({
        person,
        system,
        context,
        answers,
      }) => {
        const { page } = person;
        const { web, api } = system.deployment?.origins ?? { web: '', api: '' };
        await person.openApp();
        await person.signIn();
        const stored = (await context.cookies(api)).filter(({ path }) => path === '/');
        expect(stored.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject(cookies);

        const headersOf = (address: string) =>
          answers.find((answer) => answer.url().split('?')[0] === address)?.headers();
        const connectSrc = `connect-src 'self'${isApart ? ` ${api}` : ''};`;
        expect(headersOf(`${web}/`)).toMatchObject({
          'cross-origin-opener-policy': 'same-origin-allow-popups',
          'content-security-policy': expect.stringContaining(connectSrc),
          'strict-transport-security': 'max-age=31536000',
          'cache-control': 'no-cache',
          'content-encoding': server === 'nginx' ? 'gzip' : 'br',
        });
        expect(headersOf(web + WEB_PATHS.callback)).toMatchObject({
          'cross-origin-opener-policy': 'unsafe-none',
          'content-security-policy': expect.stringContaining(connectSrc),
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        });
        const exchanged = headersOf(api + PATHS.exchangeToken);
        expect(exchanged).toMatchObject({
          // Those of the API alone: Playwright joins the values of a header that is there twice.
          'content-security-policy':
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
          'cross-origin-resource-policy': resourcePolicy,
          'cache-control': 'no-store',
          ...(isApart && { 'access-control-allow-origin': web, 'access-control-allow-credentials': 'true' }),
        });
        expect(exchanged?.['cross-origin-opener-policy']).toBeUndefined();
        expect(Boolean(exchanged?.['access-control-allow-origin'])).toBe(isApart);

        const { received } = system.wires.api;
        received.length = 0;
        await page.reload();
        await person.seesAccount();
        const asked = received.find(({ url, method }) => method === 'POST' && url?.startsWith(PATHS.session));
        expect(asked?.headers).toMatchObject({
          origin: web,
          'sec-fetch-site': fetchSite,
          'sec-fetch-mode': 'cors',
          'x-csrf': '1',
          'x-forwarded-for': expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
          cookie: expect.stringContaining(`${SESSION.name}=`),
        });
        await person.see('sign-out').click();
        await person.seesSignedOut();
        await page.reload();
        await person.seesSignedOut();

        const log = system.deployment?.log();
        expect(log).toContain(WEB_PATHS.callback);
        expect(log).not.toMatch(/code=|state=/);
      });
    });
  }
}

for (const apiHost of ['app.one.localhost', 'api.one.localhost']) {
  test.describe(`server-side flow with the API at ${apiHost}`, () => {
    test.skip(!installedWebServers.nginx, 'nginx is not installed');
    test.use({ deployment: { server: 'nginx', hosts: { web: 'app.one.localhost', api: apiHost } } });

    test(`the server-side flow with the API at ${apiHost} returns from another site with a Strict session cookie`, async ({
      person,
      system,
      context,
    }) => {
      const { page } = person;
      const { web, api } = system.deployment?.origins ?? { web: '', api: '' };
      await person.openApp();
      await page.evaluate((address) => location.assign(address), api + PATHS.serverSideStart);
      const provider = page.locator('[name=username]');
      await provider.waitFor();
      const pending = await context.cookies(api);
      expect(pending.map(({ sameSite }) => sameSite)).toEqual(['Lax']);
      await person.enterPassword(page);
      await page.getByTestId('provider-allow').click();
      await person.seesAccount();
      expect(page.url()).toBe(`${web}/`);
      const session = (await context.cookies(api)).find(({ httpOnly }) => httpOnly);
      expect(session).toMatchObject({ ...SESSION, sameSite: 'Strict' });
      expect(system.deployment?.log()).not.toMatch(/code=|state=/);

      const ask = (headers: Record<string, string>) =>
        page.evaluate(
          async ([address, given]) =>
            (await fetch(address, { credentials: 'include', headers: given })).status,
          [api + PATHS.sessionUserinfo, headers] as const,
        );
      expect(await ask({ 'X-CSRF': '1' })).toBe(200);
      expect(await ask({})).toBe(403);

      // The browser requested the callback twice, and the second answer was an error. No mark says that the first one
      // has signed in.
      await page.evaluate(() => localStorage.clear());
      await page.goto(`${web}/?error=transaction_not_found`);
      await person.seesAccount();
      await expect(person.see('notice')).toHaveCount(0);
    });
  });
}

test.describe('a host that removes .html from addresses', () => {
  test.skip(!installedWebServers.nginx, 'nginx is not installed');
  test.use({
    deployment: {
      server: 'nginx',
      hosts: { web: 'app.one.localhost', api: 'api.one.localhost' },
      // As Cloudflare Pages does, and Vercel and Netlify on request.
      nginxLines: String.raw`
        rewrite ^(/oauth/\w+)\.html$ $1 permanent;
        location ~ ^/oauth/\w+$ {
          include oneclick/web/dist-headers/nginx-headers.conf;
          try_files $uri.html =404;
        }`,
    },
  });

  test('a sign-in works on a host that redirects the pages of the window to addresses without .html', async ({
    person,
    answers,
    system,
  }) => {
    await person.openApp();
    await person.signIn();
    const { web } = system.origins;
    const callback = answers.filter((answer) => answer.url().startsWith(`${web}/oauth/callback`));
    expect(callback.map((answer) => answer.status())).toEqual([301, 200]);
  });
});
