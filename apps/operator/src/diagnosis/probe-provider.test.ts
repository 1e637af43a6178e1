import { createHash } from 'node:crypto';
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
function answerTo(url: URL, state = url.searchParams.get('state') ?? '', code = 'canary-code'): URL {
  return new URL(`${WEB_ORIGIN}/oauth/callback.html?${new URLSearchParams({ code, state }).toString()}`);
}

/** A provider that refuses all requests for which this function returns no tokens. */
function startTokenEndpoint(
  tokensFor: (form: URLSearchParams) => object | undefined,
  refusal = { status: 400, error: 'invalid_grant' },
): Promise<string> {
  return startServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const tokens = tokensFor(new URLSearchParams(body));
      response.writeHead(tokens ? 200 : refusal.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(tokens ?? { error: refusal.error }));
    })();
  });
}

/** A provider that gives these tokens for everything, and refuses what it has no tokens for. */
const startCareless = (tokens: Record<string, object | undefined>, refusal?: Careless['refusal']) =>
  startTokenEndpoint((form) => tokens[form.get('grant_type') ?? ''], refusal);

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
  expect(signIns).toBe(1);
  expect(output).toContain('AIHubMix checks PKCE.');
  expect(output).not.toContain('stay valid');
});

interface Careless {
  provider: string;
  /** Its answers by grant. */
  tokens: Record<string, object | undefined>;
  refusal?: { status: number; error: string };
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
  { provider: 'accepts no code', tokens: {}, codes: ['pkce_not_proven', 'code_refused'] },
  {
    provider: 'refuses the client',
    tokens: {},
    refusal: { status: 401, error: 'invalid_client' },
    codes: ['code_refused'],
  },
  {
    provider: 'fails',
    tokens: {},
    refusal: { status: 500, error: 'server_error' },
    codes: ['code_refused'],
  },
];

test.each(CARELESS.map((each) => [`${each.provider}: ${each.codes.join(', ')}`, each] as const))(
  'a provider that %s',
  async (_name, { tokens, refusal, codes }) => {
    const origin = await startCareless(tokens, refusal);
    const found = await probe(configFor(origin), (url) => answerTo(url));
    expect(found.codes).toEqual(codes);
    expect(found.output).not.toContain('AIHubMix checks PKCE.');
  },
);

test('a provider that ends a code at the first wrong attempt: pkce_not_proven, and a second sign-in', async () => {
  const used = new Set<string>();
  // The challenge is the code.
  const origin = await startTokenEndpoint((form) => {
    if (form.has('refresh_token')) return { ...CODE_TOKENS, refresh_token: 'canary-refresh-2' };
    const [code, verifier] = [form.get('code') ?? '', form.get('code_verifier') ?? ''];
    const isUsed = used.has(code);
    used.add(code);
    const isRight = createHash('sha256').update(verifier).digest('base64url') === code;
    return isRight && !isUsed ? CODE_TOKENS : undefined;
  });
  const { codes } = await probe(configFor(origin), (url) =>
    answerTo(url, undefined, url.searchParams.get('code_challenge') ?? ''),
  );
  expect(codes).toEqual(['pkce_not_proven']);
  expect(used.size).toBe(2);
});

test.each([
  ['the last refresh token', CODE_TOKENS, 'canary-refresh'],
  ['the access token if there is no refresh token', { access_token: 'canary-access' }, 'canary-access'],
])('the probe revokes %s', async (_name, tokens, expected) => {
  const revoked: (string | null)[] = [];
  const origin = await startTokenEndpoint((form) => {
    if (form.has('token')) revoked.push(form.get('token'));
    return form.has('refresh_token') ? { access_token: 'canary-access-2' } : tokens;
  });
  const config = configFor(origin, { OAUTH_REVOCATION_ENDPOINT: `${origin}/revoke` });
  const { output } = await probe(config, (url) => answerTo(url));
  expect(revoked).toEqual([expected]);
  expect(output).not.toContain('stay valid');
});

test.each([[CODE_TOKENS], [{ access_token: 'canary-access' }]])(
  'the operator learns that the tokens %j stay valid if the provider can revoke none',
  async (tokens) => {
    const origin = await startCareless({ authorization_code: tokens });
    const { output } = await probe(configFor(origin), (url) => answerTo(url));
    expect(output).toContain('The tokens of this probe stay valid until they expire.');
  },
);

test('the answer to another sign-in ends the probe before a code is used', async () => {
  const origin = await startCareless({ authorization_code: CODE_TOKENS });
  await expect(probe(configFor(origin), (url) => answerTo(url, 'another'))).rejects.toThrow(
    'That is not the answer to this sign-in',
  );
});
