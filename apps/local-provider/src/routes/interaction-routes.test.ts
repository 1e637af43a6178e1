import { expect, test } from 'vitest';
import { createTestBrowser, linkTarget } from '../../test/test-browser.ts';
import {
  callApi,
  createTestApp,
  demoApp,
  readObject,
  signIn,
  startProvider,
  startSignedIn,
} from '../../test/test-app.ts';

async function start(language?: string) {
  const origin = await startProvider();
  return {
    origin,
    app: createTestApp(origin),
    browser: createTestBrowser({ origin, ...(language === undefined ? {} : { language }) }),
  };
}

async function usernameOf(origin: string, accessToken: string) {
  return (await readObject(callApi(origin, '/api/oauth2/userinfo', accessToken))).username;
}

test('the first sign-in shows the password page and the consent page, and returns to the app with only code and state', async () => {
  const { app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl({ state: 'abc', auto_authorize: 'true' }));
  expect(passwordPage.status).toBe(200);
  expect(passwordPage.text).toContain('autocomplete="current-password"');

  const consentPage = await browser.press(passwordPage, 'provider-sign-in', {
    username: 'user123',
    password: 'one-click',
  });
  expect(consentPage.text).toContain('Demo app would like to use your account');
  expect(consentPage.text).toContain('Continue as user123');
  expect(consentPage.text).toContain('data-scope="profile"');
  expect(consentPage.text).toContain('data-scope="balance"');

  const { url } = await browser.press(consentPage, 'provider-allow');
  expect(url.origin + url.pathname).toBe(demoApp.redirectUri);
  expect([...url.searchParams.keys()].toSorted()).toEqual(['code', 'state']);
  expect(url.searchParams.get('state')).toBe('abc');
});

test('auto_authorize=true returns a signed-in user to the app without a page', async () => {
  const { app, browser } = await startSignedIn();
  const visit = await browser.open(app.authorizationUrl({ auto_authorize: 'true' }));
  expect(visit.pages).toBe(0);
  expect([...visit.url.searchParams.keys()].toSorted()).toEqual(['code', 'state']);
  expect(await app.readTokens(app.exchange(visit.url))).toMatchObject({ scope: 'profile balance' });
});

test('auto_authorize=true grants scopes that the user has not granted before, and no other scopes', async () => {
  const { app, browser } = await startSignedIn({}, { scope: 'balance' });
  const visit = await browser.open(app.authorizationUrl({ auto_authorize: 'true', scope: 'profile' }));
  expect((await app.readTokens(app.exchange(visit.url))).scope).toBe('profile');
});

test('without auto_authorize=true the consent page is shown again, even if the user has granted the same before', async () => {
  const { app, browser } = await startSignedIn();
  for (const parameters of [{}, { auto_authorize: 'false' }]) {
    const consentPage = await browser.open(app.authorizationUrl(parameters));
    expect(consentPage.text).toContain('Continue as user123');
    const { url } = await browser.press(consentPage, 'provider-allow');
    expect(url.searchParams.has('code')).toBe(true);
  }
});

test('denying on the consent page returns access_denied to the app', async () => {
  const { app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl({ state: 'abc' }));
  const consentPage = await browser.press(passwordPage, 'provider-sign-in', {
    username: 'user123',
    password: 'one-click',
  });
  const { url } = await browser.press(consentPage, 'provider-deny');
  expect(url.searchParams.get('error')).toBe('access_denied');
  expect(url.searchParams.get('state')).toBe('abc');
  expect(url.searchParams.has('code')).toBe(false);
  expect(url.searchParams.has('iss')).toBe(false);
});

test('cancelling on the password page returns access_denied to the app', async () => {
  const { app, browser } = await start();
  const { url } = await browser.press(await browser.open(app.authorizationUrl()), 'provider-deny');
  expect(url.searchParams.get('error')).toBe('access_denied');
});

test('after a wrong password the page shows an alert and the escaped username, and the right password signs in', async () => {
  const { app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl());
  const hostile = await browser.press(passwordPage, 'provider-sign-in', {
    username: '"><script>alert(1)</script>',
    password: 'x',
  });
  expect(hostile.text).not.toContain('<script');
  expect(hostile.text).toContain('value="&quot;&gt;&lt;script&gt;');

  const refused = await browser.press(hostile, 'provider-sign-in', {
    username: 'user123',
    password: 'one-clock',
  });
  expect(refused.text).toMatch(/role="alert"[^>]*>Wrong username or password/);
  expect(refused.text).toContain('value="user123"');
  expect(refused.text).not.toContain('one-clock');

  const callback = await signIn(browser, refused);
  expect(callback.url.searchParams.has('code')).toBe(true);
});

test('"Use another account" leads to the password page, and the other account stays signed in', async () => {
  const { origin, app, browser, callback } = await startSignedIn();
  const first = await app.readTokens(app.exchange(callback));

  const consentPage = await browser.open(app.authorizationUrl());
  const passwordPage = await browser.open(linkTarget(consentPage, 'provider-another-account'));
  expect(passwordPage.text).toContain('data-testid="provider-sign-in"');
  const second = await app.readTokens(app.exchange((await signIn(browser, passwordPage, 'user456')).url));
  expect(await usernameOf(origin, second.accessToken)).toBe('user456');

  const straightBack = await browser.open(app.authorizationUrl({ auto_authorize: 'true' }));
  const third = await app.readTokens(app.exchange(straightBack.url));
  expect(await usernameOf(origin, third.accessToken)).toBe('user456');
  expect(await usernameOf(origin, first.accessToken)).toBe('user123');
  expect((await app.refresh(first.refreshToken)).status).toBe(200);
});

test('a user can change the account between the password page and consent', async () => {
  const { origin, app, browser } = await start();
  const consentPage = await browser.press(await browser.open(app.authorizationUrl()), 'provider-sign-in', {
    username: 'user123',
    password: 'one-click',
  });
  const passwordPage = await browser.open(linkTarget(consentPage, 'provider-another-account'));
  const { url } = await signIn(browser, passwordPage, 'user456');
  const { accessToken } = await app.readTokens(app.exchange(url));
  expect(await usernameOf(origin, accessToken)).toBe('user456');
});

test('two tabs can sign in one after the other with two accounts', async () => {
  const { origin, app, browser } = await start();
  const [tabA, tabB] = [
    await browser.open(app.authorizationUrl()),
    await browser.open(app.authorizationUrl()),
  ];
  const a = await app.readTokens(app.exchange((await signIn(browser, tabA, 'user123')).url));
  const b = await app.readTokens(app.exchange((await signIn(browser, tabB, 'user456')).url));
  expect(await usernameOf(origin, a.accessToken)).toBe('user123');
  expect(await usernameOf(origin, b.accessToken)).toBe('user456');
});

test('prompt=none returns login_required without a page', async () => {
  const { app, browser } = await start();
  const { url, pages } = await browser.open(app.authorizationUrl({ prompt: 'none' }));
  expect(pages).toBe(0);
  expect(url.searchParams.get('error')).toBe('login_required');
  expect(url.searchParams.has('iss')).toBe(false);
});

test.for([
  ['an unknown client', { client_id: '<b>nobody</b>' }, 'unknownClient'],
  ['a foreign redirect URI', { redirect_uri: 'https://evil.example/<b>' }, 'foreignRedirectUri'],
  [
    'an additional query in the redirect URI',
    { redirect_uri: `${demoApp.redirectUri}?a=b` },
    'foreignRedirectUri',
  ],
  [
    'another port of localhost',
    { redirect_uri: 'http://localhost:5174/oauth/callback.html' },
    'foreignRedirectUri',
  ],
  ['no redirect URI', { redirect_uri: undefined }, 'badRequest'],
] as const)(
  'an authorization request with %s shows an error page, does not redirect and is not echoed',
  async ([, parameters, reason]) => {
    const { origin, app, browser } = await start();
    const visit = await browser.open(app.authorizationUrl(parameters));
    expect(visit.url.origin).toBe(origin);
    expect(visit.status).toBe(400);
    expect(visit.text).toContain(`data-reason="${reason}"`);
    expect(visit.text).not.toContain('<b>');
  },
);

test.for([
  ['no state', { state: undefined }, 'invalid_request'],
  ['no known scope', { scope: 'email' }, 'invalid_scope'],
  ['only the scope openid', { scope: 'openid' }, 'invalid_scope'],
  ['a response_type other than code', { response_type: 'token' }, 'invalid_request'],
] as const)('an authorization request with %s returns an error to the app', async ([, parameters, error]) => {
  const { app, browser } = await start();
  const { url, pages } = await browser.open(app.authorizationUrl(parameters));
  expect(pages).toBe(0);
  expect(url.origin + url.pathname).toBe(demoApp.redirectUri);
  expect(url.searchParams.get('error') ?? new URLSearchParams(url.hash.slice(1)).get('error')).toBe(error);
});

test.each([
  { language: 'ko-KR,ko;q=0.9,en;q=0.5', lang: 'ko', password: '비밀번호' },
  { language: 'en;q=0.5,ja', lang: 'ja', password: 'パスワード' },
  { language: 'zh-CN,en;q=0.8', lang: 'zh-Hans', password: '密码' },
  { language: 'fr', lang: 'en', password: 'Password' },
])(
  'to a browser with "Accept-Language: $language" the pages are in $lang',
  async ({ language, lang, password }) => {
    const { browser, app } = await start(language);
    const passwordPage = await browser.open(app.authorizationUrl());
    expect(passwordPage.text).toContain(`<html lang="${lang}">`);
    expect(passwordPage.text).toContain(password);
  },
);

test('a form that another site sends is refused with 403', async () => {
  const { origin, app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl());
  const body = new URLSearchParams({ username: 'user123', password: 'one-click' });
  for (const headers of [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: origin, 'Sec-Fetch-Site': 'cross-site' },
  ]) {
    const refused = await browser.post(`${passwordPage.url.href}/sign-in`, body, headers);
    expect(refused.status).toBe(403);
  }
  expect((await browser.post(`${passwordPage.url.href}/sign-in`, body, { Origin: origin })).status).toBe(200);
});

test('another browser cannot open the password page of a transaction', async () => {
  const { origin, app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl());
  const other = createTestBrowser({ origin });
  await other.open(app.authorizationUrl());
  const stolen = await other.open(passwordPage.url);
  expect(stolen.status).toBe(400);
  expect(stolen.text).toContain('data-reason="expired"');
});

test('the password page of a finished transaction shows that the transaction has expired', async () => {
  const { app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl());
  await signIn(browser, passwordPage);
  expect((await browser.open(passwordPage.url)).text).toContain('data-reason="expired"');
});

test('consent without a sign-in is refused', async () => {
  const { app, browser } = await start();
  const passwordPage = await browser.open(app.authorizationUrl());
  const visit = await browser.post(`${passwordPage.url.href}/allow`, new URLSearchParams());
  expect(visit.text).toContain('data-reason="expired"');
});

test('pages have security headers, and cookies are HttpOnly and SameSite=Lax', async () => {
  const { app, browser } = await start();
  const { headers } = await browser.open(app.authorizationUrl());
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(headers.get('Referrer-Policy')).toBe('same-origin');
  const cookies = await browser.jar.store.getAllCookies();
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'lax' });
});
