import { parseConfig } from '@oneclick/api/config';
import { listen } from '@oneclick/local-provider/listen';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../test/start-server.ts';
import { createSend } from '../send.ts';
import { checkProvider } from './check-provider.ts';
import type { FindingCode } from './finding.ts';

const SECRET = 'canary-client-secret';
const REDIRECT_URI = 'https://app.example.com/oauth/callback.html';

async function startProvider(): Promise<string> {
  const provider = await listen({
    host: 'localhost',
    port: 0,
    issuer: undefined,
    app: { name: 'App', clientId: 'client_1', clientSecret: SECRET, redirectUri: REDIRECT_URI },
    developerToken: undefined,
    accessTokenSeconds: 7200,
    refreshTokenSeconds: 7200,
    codeSeconds: 60,
    openerPolicy: undefined,
  });
  onTestFinished(provider.close);
  return provider.origin;
}

async function check(provider: string, settings: Record<string, string> = {}) {
  const config = parseConfig({
    WEB_ORIGIN: 'https://app.example.com',
    OAUTH_PROVIDER: provider,
    OAUTH_CLIENT_ID: 'client_1',
    OAUTH_CLIENT_SECRET: SECRET,
    SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
    ...settings,
  });
  const findings = await checkProvider(config, createSend());
  expect(JSON.stringify(findings)).not.toContain('canary');
  return findings;
}

test.each(['client_secret_post', 'client_secret_basic'])(
  'a healthy provider has no findings with %s',
  async (auth) => {
    expect(await check(await startProvider(), { OAUTH_CLIENT_AUTH: auth })).toEqual([]);
  },
);

const FAULTS: [fault: string, settings: (provider: string) => Record<string, string>, code: FindingCode][] = [
  ['the client secret is wrong', () => ({ OAUTH_CLIENT_SECRET: 'canary-other' }), 'client_refused'],
  [
    'the redirect URI is not registered',
    () => ({ WEB_ORIGIN: 'https://www.example.com' }),
    'authorization_refused',
  ],
  ['a scope does not exist', () => ({ OAUTH_SCOPE: 'everything' }), 'authorization_refused'],
  [
    'the token endpoint has another path',
    (provider) => ({ OAUTH_TOKEN_ENDPOINT: `${provider}/oauth/token` }),
    'endpoint_wrong',
  ],
  [
    'the userinfo endpoint is a page',
    (provider) => ({ OAUTH_USERINFO_ENDPOINT: `${provider}/` }),
    'endpoint_wrong',
  ],
];

test.each(FAULTS.map(([fault, settings, code]) => [`${fault}: ${code}`, settings, code] as const))(
  '%s',
  async (_name, settings, code) => {
    const provider = await startProvider();
    expect((await check(provider, settings(provider))).map((each) => each.code)).toEqual([code]);
  },
);

test('the clock of this machine is ahead of that of the provider: clock_differs', async () => {
  const provider = await startServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() - 300_000).toUTCString());
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"success": false}');
  });
  expect(await check(provider)).toMatchObject([
    { code: 'clock_differs', problem: expect.stringMatching(/30[01] s ahead of that of 127\.0\.0\.1/) },
  ]);
});

test('the authorization request and the authentication of the client are those of the API', async () => {
  const requests: { url: string; authorization: string }[] = [];
  const provider = await startServer(({ url = '', headers }, response) => {
    requests.push({ url, authorization: headers.authorization ?? '' });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const settings = { OAUTH_CLIENT_AUTH: 'client_secret_basic', OAUTH_CLIENT_SECRET: 'canary~secret!' };
  await check(provider, { ...settings, OAUTH_AUTO_AUTHORIZE: 'true' });
  const requestTo = (path: string) => requests.find(({ url }) => url.startsWith(path));
  expect(requestTo('/api/oauth2/authorize')?.url).toContain('auto_authorize=true');
  expect(requestTo('/api/oauth2/token')?.authorization).toBe(`Basic ${btoa('client_1:canary%7Esecret%21')}`);
});

test('an endpoint that gives no answer hides no other finding', async () => {
  const provider = await startServer(({ url = '' }, response) => {
    if (url.includes('/authorize')) response.destroy();
    else response.writeHead(400).end('{"error": "invalid_client"}');
  });
  const codes = (await check(provider)).map(({ code }) => code);
  expect(codes).toEqual(['unreachable', 'client_refused']);
});
