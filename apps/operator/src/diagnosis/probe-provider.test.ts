import { parseConfig } from '@oneclick/api/config';
import { listen } from '@oneclick/local-provider/listen';
import { createTestBrowser } from '@oneclick/local-provider/test/browser';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../test/start-server.ts';
import { createSend } from '../send.ts';
import type { FindingCode } from './finding.ts';
import { probeProvider } from './probe-provider.ts';

const SECRET = 'canary-client-secret';
const WEB_ORIGIN = 'https://app.example.com';

const configFor = (provider: string, settings: Record<string, string> = {}) =>
  parseConfig({
    WEB_ORIGIN,
    OAUTH_PROVIDER: provider,
    OAUTH_CLIENT_ID: 'client_1',
    OAUTH_CLIENT_SECRET: SECRET,
    SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
    ...settings,
  });

/** Runs the probe with an operator who opens each address that is shown, and pastes the answer. */
async function probe(config: ReturnType<typeof configFor>, signIn: (url: URL) => Promise<URL> | URL) {
  const shown: string[] = [];
  const findings = await probeProvider({
    config,
    send: createSend(),
    show: (text) => shown.push(text),
    prompts: { askSecret: async () => (await signIn(new URL(shown.at(-1)?.trim() ?? ''))).href },
  });
  const output = JSON.stringify(findings) + shown.join();
  expect(output).not.toMatch(/canary|code=/);
  return { codes: findings.map(({ code }) => code), output };
}

/** The answer that the callback page would receive. */
function answerTo(url: URL, state = url.searchParams.get('state') ?? ''): URL {
  return new URL(
    `${WEB_ORIGIN}/oauth/callback.html?${new URLSearchParams({ code: 'canary-code', state }).toString()}`,
  );
}

/** A provider that gives these tokens for everything, and refuses what it has no tokens for. */
function startCareless(tokens: Record<string, object | undefined>): Promise<string> {
  return startServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const answer = tokens[new URLSearchParams(body).get('grant_type') ?? ''];
      response.writeHead(answer ? 200 : 400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { error: 'invalid_grant' }));
    })();
  });
}

const CODE_TOKENS = { access_token: 'canary-access', refresh_token: 'canary-refresh' };

test('a provider that checks PKCE and rotates refresh tokens has no findings', async () => {
  const provider = await listen({
    host: 'localhost',
    port: 0,
    issuer: undefined,
    app: {
      name: 'App',
      clientId: 'client_1',
      clientSecret: SECRET,
      redirectUri: `${WEB_ORIGIN}/oauth/callback.html`,
    },
    developerToken: undefined,
    accessTokenSeconds: 7200,
    refreshTokenSeconds: 7200,
    codeSeconds: 60,
    openerPolicy: undefined,
  });
  onTestFinished(provider.close);
  const browser = createTestBrowser({ origin: provider.origin });
  const revocation = { OAUTH_REVOCATION_ENDPOINT: `${provider.origin}/api/oauth2/revoke` };
  let signIns = 0;
  const { codes, output } = await probe(configFor(provider.origin, revocation), async (url) => {
    signIns += 1;
    let page = await browser.open(url);
    if (page.text.includes('current-password')) {
      page = await browser.press(page, 'provider-sign-in', { username: 'user123', password: 'one-click' });
    }
    return (await browser.press(page, 'provider-allow')).url;
  });
  expect(codes).toEqual([]);
  expect(signIns).toBe(2);
  expect(output).not.toContain('stay valid');
});

interface Careless {
  provider: string;
  /** Its answers by grant. */
  tokens: Record<string, object | undefined>;
  codes: FindingCode[];
}

const CARELESS: Careless[] = [
  {
    provider: 'ignores PKCE',
    tokens: {
      authorization_code: CODE_TOKENS,
      refresh_token: { access_token: 'canary-access-2', refresh_token: 'canary-refresh-2' },
    },
    codes: ['pkce_not_enforced'],
  },
  {
    provider: 'gives no refresh token',
    tokens: { authorization_code: { access_token: 'canary-access' } },
    codes: ['pkce_not_enforced', 'refresh_token_missing'],
  },
  {
    provider: 'wraps its answers and gives an empty refresh token',
    tokens: { authorization_code: { success: true, data: { ...CODE_TOKENS, refresh_token: '' } } },
    codes: ['pkce_not_enforced', 'refresh_token_missing'],
  },
  {
    provider: 'keeps the refresh token',
    tokens: { authorization_code: CODE_TOKENS, refresh_token: { access_token: 'canary-access-2' } },
    codes: ['pkce_not_enforced', 'refresh_token_not_rotated'],
  },
  {
    provider: 'refuses to refresh',
    tokens: { authorization_code: CODE_TOKENS },
    codes: ['pkce_not_enforced', 'refresh_refused'],
  },
  { provider: 'accepts no code', tokens: {}, codes: ['code_refused'] },
];

test.each(CARELESS.map((each) => [`${each.provider}: ${each.codes.join(', ')}`, each] as const))(
  'a provider that %s',
  async (_name, { tokens, codes }) => {
    const origin = await startCareless(tokens);
    expect((await probe(configFor(origin), (url) => answerTo(url))).codes).toEqual(codes);
  },
);

test('the operator learns that the tokens stay valid if the provider can revoke none', async () => {
  const origin = await startCareless({ authorization_code: CODE_TOKENS });
  const { output } = await probe(configFor(origin), (url) => answerTo(url));
  expect(output).toContain('The tokens of this probe stay valid until they expire.');
});

test('the answer to another sign-in ends the probe before a code is used', async () => {
  const origin = await startCareless({ authorization_code: CODE_TOKENS });
  await expect(probe(configFor(origin), (url) => answerTo(url, 'another'))).rejects.toThrow(
    'That is not the answer to this sign-in',
  );
});
