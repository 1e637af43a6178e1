import { PATHS } from '@oneclick/shared/paths';
import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../test/support/browser.ts';
import { startApi } from '../../test/support/test-api.ts';
import { json, PROVIDER, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

const USER = {
  id: 12_345,
  username: 'user123',
  email: 'u@example.com',
  quota: 1e6,
  used_quota: 250_000,
  balance_formatted: '750.00',
  created_time: 1_640_995_200,
  status: 1,
};

test('userinfo sends only the token to the provider and answers only the fields of the contract', async () => {
  const { app } = await startApi();
  provider.resourceAnswer = () => json({ ...USER, password_hash: 'x', avatar: 'javascript:alert(1)' });
  const headers = { authorization: 'Bearer token-1', cookie: 'a=b', 'x-forwarded-user': 'root' };
  const response = await app.inject({ url: `${PATHS.userinfo}?url=https://evil.example`, headers });
  expect(response.json()).toEqual(USER);
  const [request] = provider.resourceRequests;
  expect(request?.url).toBe(`${PROVIDER}/api/oauth2/userinfo`);
  expect(request?.headers.get('authorization')).toBe('Bearer token-1');
  expect(request?.headers.get('accept-encoding')).toBe('identity');
  expect([...(request?.headers.keys() ?? [])].filter((name) => /cookie|forwarded/.test(name))).toEqual([]);
});

test('topup answers with the link of the provider', async () => {
  const { browser } = await startApi();
  expect((await browser.get(PATHS.topup, 't')).json()).toEqual({
    topup_url: `${PROVIDER}/topup`,
  });
});

test('a number that JavaScript cannot represent is left out of the account', async () => {
  const { browser } = await startApi();
  provider.resourceAnswer = () =>
    new Response(
      '{"id":1,"quota":1e400,"used_quota":-1e400,"created_time":1e400,"balance_formatted":"1.00"}',
    );
  const response = await browser.get(PATHS.userinfo, 'access');
  expect(response.json()).toEqual({ id: 1, balance_formatted: '1.00' });
});

test.each([
  {},
  { topup_url: 1 },
  { topup_url: 'javascript:alert(1)' },
  { topup_url: 'https://evil.example' },
])('topup answers unsafe_topup_url to %j and neither returns nor logs the link', async (answer) => {
  const { browser, log } = await startApi();
  provider.resourceAnswer = () => json(answer);
  const response = await browser.get(PATHS.topup, 't');
  expect(errorOf(response)).toBe('502 unsafe_topup_url');
  expect(response.body + log.join()).not.toMatch(/javascript|evil/);
});

test('TOPUP_HOSTS replaces the host of the provider as the allowed host', async () => {
  const { browser } = await startApi({ env: { TOPUP_HOSTS: 'pay.example,shop.example:8443' } });
  expect(errorOf(await browser.get(PATHS.topup, 't'))).toBe('502 unsafe_topup_url');
  provider.resourceAnswer = () => json({ topup_url: 'https://shop.example:8443/x' });
  expect((await browser.get(PATHS.topup, 't')).json()).toEqual({ topup_url: 'https://shop.example:8443/x' });
});

describe('the bearer token', () => {
  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['a scheme that starts with Bearer', 'BearerX token'],
  ])(
    'userinfo asks for a bearer token without an error code for a request with %s',
    async (_, authorization) => {
      const { app } = await startApi();
      const response = await app.inject({
        url: PATHS.userinfo,
        headers: { ...(authorization && { authorization }) },
      });
      expect(errorOf(response)).toBe('401 invalid_token');
      expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
    },
  );

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer caf\u00e9',
    'Bearer a,b',
    `Bearer ${'a'.repeat(4097)}`,
    'Bearer =a',
  ])('userinfo refuses the Authorization header "%s"', async (authorization) => {
    const { app } = await startApi();
    const response = await app.inject({ url: PATHS.userinfo, headers: { authorization } });
    expect(errorOf(response)).toBe('401 invalid_token');
    expect(response.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(provider.resourceRequests).toEqual([]);
  });

  test.each(['bearer t', 'BEARER t', 'Bearer   t', 'Bearer a-._~+/==', `Bearer ${'a'.repeat(4096)}`])(
    'userinfo accepts the Authorization header "%s"',
    async (authorization) => {
      const { app } = await startApi();
      expect((await app.inject({ url: PATHS.userinfo, headers: { authorization } })).statusCode).toBe(200);
    },
  );

  test('userinfo refuses an access token in the query', async () => {
    const { app } = await startApi();
    expect(errorOf(await app.inject({ url: `${PATHS.userinfo}?access_token=t` }))).toBe('401 invalid_token');
  });
});

describe.each([PATHS.userinfo, PATHS.topup])('%s', (path) => {
  test.each([
    ['401', () => json({}, 401), '401 invalid_token'],
    ['403', () => json({}, 403), '403 insufficient_scope'],
    ['403 in HTML', () => HttpResponse.html('<p>no</p>', { status: 403 }), '503 provider_unavailable'],
    ['429', () => json({}, 429), '429 rate_limited'],
    ['500', () => json({}, 500), '503 provider_unavailable'],
    ['a broken connection', () => HttpResponse.error(), '503 provider_unavailable'],
    ['404', () => json({}, 404), '502 provider_bad_response'],
    ['302', () => HttpResponse.redirect('https://evil.example', 302), '502 provider_bad_response'],
    ['HTML', () => HttpResponse.html('<p>hello</p>'), '502 provider_bad_response'],
    ['no content', () => new HttpResponse(null, { status: 200 }), '502 provider_bad_response'],
    ['1 MB', () => json({ id: 1, username: 'x'.repeat(1e6) }), '502 provider_bad_response'],
  ])(
    'a resource endpoint that answers with %s yields an error code of the API',
    async (_, answer, expected) => {
      const { browser } = await startApi();
      provider.resourceAnswer = answer;
      const response = await browser.get(path, 't');
      expect(errorOf(response)).toBe(expected);
    },
  );

  test('the Retry-After of a resource endpoint is limited to 60 seconds', async () => {
    const { browser } = await startApi();
    provider.resourceAnswer = () => json({}, 429, { 'retry-after': '3600' });
    expect((await browser.get(path, 't')).headers['retry-after']).toBe('60');
  });
});

test('userinfo accepts a negative balance', async () => {
  const { browser } = await startApi();
  const debtor = { id: 1, quota: -1, used_quota: 5, balance_formatted: '-0.01' };
  provider.resourceAnswer = () => json(debtor);
  expect((await browser.get(PATHS.userinfo, 't')).json()).toEqual(debtor);
});

test.each([[[]], null, 'text', 1, {}, { id: null }, { id: '1', username: 5 }, { unknown: 1 }, { data: {} }])(
  'userinfo answers provider_bad_response to %j, which has no field of an account',
  async (answer) => {
    const { browser } = await startApi();
    provider.resourceAnswer = () => json(answer);
    expect(errorOf(await browser.get(PATHS.userinfo, 't'))).toBe('502 provider_bad_response');
  },
);

test.each([
  ['id', '12345'],
  ['id', 1.5],
  ['username', { canary: 1 }],
  ['username', 'canary'.repeat(100)],
  ['email', ['canary@example.com']],
  ['email', false],
  ['quota', '1000000'],
  ['used_quota', {}],
  ['balance_formatted', 750],
  ['created_time', 'canary'],
  ['created_time', -1],
  ['created_time', 0],
  ['created_time', 1_640_995_200_000],
  ['created_time', 1_640_995_200_000_000],
  ['status', 'canary'],
] as const)(
  'userinfo leaves out the field %s with the value %j, names it in the log, and answers the others',
  async (name, odd) => {
    const { browser, log } = await startApi();
    provider.resourceAnswer = () => json({ ...USER, [name]: odd });
    const { [name]: _, ...others } = USER;
    expect((await browser.get(PATHS.userinfo, 't')).json()).toEqual(others);
    const lines = log.filter((line) => line.includes('provider_field_ignored'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, endpoint: 'userinfo', fields: [name] },
    ]);
    expect(log.join()).not.toContain('canary');
  },
);

test('userinfo leaves out fields that are null or empty, without a line in the log', async () => {
  const { browser, log } = await startApi();
  provider.resourceAnswer = () => json({ ...USER, email: '', quota: null, created_time: null });
  const { email: _, quota: _quota, created_time: _createdTime, ...others } = USER;
  expect((await browser.get(PATHS.userinfo, 't')).json()).toEqual(others);
  expect(log.join()).not.toContain('provider_field_ignored');
});

test('userinfo and topup read an answer in an envelope', async () => {
  const { browser } = await startApi();
  provider.resourceAnswer = () => json({ success: true, message: '', data: { ...USER, password_hash: 'x' } });
  expect((await browser.get(PATHS.userinfo, 't')).json()).toEqual(USER);
  provider.resourceAnswer = () => json({ success: true, data: { topup_url: `${PROVIDER}/topup` } });
  expect((await browser.get(PATHS.topup, 't')).json()).toEqual({ topup_url: `${PROVIDER}/topup` });
});

test.each([
  { success: false, message: 'token canary expired' },
  { success: false, message: 'token canary expired', data: null },
  { success: false, message: 'token canary expired', data: {}, status: 401 },
])('userinfo and topup count the answer %j with status 200 as a refused token', async (answer) => {
  const { browser, log } = await startApi();
  provider.resourceAnswer = () => json(answer);
  for (const path of [PATHS.userinfo, PATHS.topup]) {
    const response = await browser.get(path, 't');
    expect(errorOf(response)).toBe('401 invalid_token');
    expect(response.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(response.body + log.join()).not.toContain('canary');
  }
});

test('userinfo is answered if it says success: false beside the fields of an account', async () => {
  const { browser } = await startApi();
  provider.resourceAnswer = () => json({ success: false, ...USER });
  expect((await browser.get(PATHS.userinfo, 't')).json()).toEqual(USER);
});

test('userinfo answers provider_timeout if the provider does not answer', async () => {
  const { browser } = await startApi({ timeoutMs: 50 });
  const { promise, resolve } = Promise.withResolvers<Response>();
  provider.resourceAnswer = () => promise;
  expect(errorOf(await browser.get(PATHS.userinfo, 't'))).toBe('504 provider_timeout');
  resolve(json({}));
});
