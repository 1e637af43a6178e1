import * as v from 'valibot';
import { expect, test } from 'vitest';
import { createTestBrowser } from '../../test/test-browser.ts';
import { createTestApp, signIn, startProvider } from '../../test/test-app.ts';

const DEVELOPER_TOKEN = 'developer-token';
const REDIRECT_URI = 'https://app.example/oauth/callback';

/** The answer as AIHubMix documents it. */
const answerSchema = v.strictObject({
  success: v.literal(true),
  message: v.string(),
  data: v.strictObject({
    id: v.literal(1),
    name: v.literal('My <b>app</b>'),
    client_id: v.pipe(v.string(), v.startsWith('client_')),
    client_secret: v.pipe(v.string(), v.startsWith('secret_')),
    redirect_uri: v.literal(REDIRECT_URI),
    created_time: v.pipe(v.number(), v.integer()),
  }),
});

function register(options: { origin: string; token?: string; body?: unknown }): Promise<Response> {
  const {
    origin,
    token,
    body = { name: 'My <b>app</b>', description: '…', redirect_uri: REDIRECT_URI },
  } = options;
  return fetch(`${origin}/api/oauth_apps`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });
}

test('a newly registered app can sign in its users', async () => {
  const origin = await startProvider({ developerToken: DEVELOPER_TOKEN });
  const response = await register({ origin, token: DEVELOPER_TOKEN });
  expect(response.status).toBe(200);
  const { data } = v.parse(answerSchema, await response.json());

  const app = createTestApp(origin, {
    name: 'My <b>app</b>',
    clientId: data.client_id,
    clientSecret: data.client_secret,
    redirectUri: REDIRECT_URI,
  });
  const browser = createTestBrowser({ origin });
  const page = await browser.open(app.authorizationUrl());
  expect(page.text).toContain('to continue to My &lt;b&gt;app&lt;/b&gt;');
  const { url } = await signIn(browser, page);
  expect(url.origin).toBe('https://app.example');
  expect((await app.readTokens(app.exchange(url))).scope).toBe('profile balance');
});

test('a registration without the developer token is refused', async () => {
  const origin = await startProvider({ developerToken: DEVELOPER_TOKEN });
  expect((await register({ origin })).status).toBe(401);
  expect((await register({ origin, token: 'wrong' })).status).toBe(401);
});

test('without a configured developer token every registration is refused', async () => {
  const origin = await startProvider();
  const response = await register({ origin, token: DEVELOPER_TOKEN });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ error: 'invalid_token' });
});

test.for([
  ['no name', { redirect_uri: REDIRECT_URI }, 400],
  ['no redirect URI', { name: 'App' }, 400],
  ['plain http on a host other than localhost', { name: 'App', redirect_uri: 'http://app.example/cb' }, 400],
  ['a fragment', { name: 'App', redirect_uri: `${REDIRECT_URI}#x` }, 400],
  ['a script', { name: 'App', redirect_uri: 'javascript:alert(1)' }, 400],
  ['malformed JSON', '{"name":', 400],
  [
    'a body that is too large',
    { name: 'App', description: 'x'.repeat(20_000), redirect_uri: REDIRECT_URI },
    413,
  ],
] as const)('a registration with %s is refused', async ([, body, status]) => {
  const origin = await startProvider({ developerToken: DEVELOPER_TOKEN });
  const response = await register({ origin, token: DEVELOPER_TOKEN, body });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});
