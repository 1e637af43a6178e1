import { randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import type { ProviderConfig, RegisteredApp } from '../src/config.ts';
import { listen } from '../src/listen.ts';
import { createTestBrowser, type TestBrowser, type Visit } from './test-browser.ts';

export const demoApp: RegisteredApp = {
  name: 'Demo app',
  clientId: 'client_demo',
  clientSecret: 'secret_demo:with /+%&=',
  redirectUri: 'http://localhost:5173/oauth/callback.html',
};

/** Starts a provider on a free port and closes it after the test. */
export async function startProvider(overrides: Partial<ProviderConfig> = {}): Promise<string> {
  const running = await listen({
    host: 'localhost',
    port: 0,
    issuer: undefined,
    app: demoApp,
    developerToken: undefined,
    accessTokenSeconds: 7200,
    refreshTokenSeconds: 2_592_000,
    codeSeconds: 60,
    openerPolicy: undefined,
    ...overrides,
  });
  onTestFinished(running.close);
  return running.origin;
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
  scope: string;
}

export interface TestApp {
  authorizationUrl: (parameters?: Record<string, string | undefined>) => URL;
  /** Exchanges the code of this callback address. */
  exchange: (
    callback: URL,
    options?: { codeVerifier?: string; auth?: oauth.ClientAuth },
  ) => Promise<Response>;
  refresh: (refreshToken: string) => Promise<Response>;
  revoke: (token: string) => Promise<Response>;
  /** @throws if the response is not a token response */
  readTokens: (response: Promise<Response>) => Promise<Tokens>;
}

/** A third-party app that sends its requests with oauth4webapi. */
export function createTestApp(origin: string, app: RegisteredApp = demoApp): TestApp {
  const server: oauth.AuthorizationServer = {
    issuer: origin,
    authorization_endpoint: `${origin}/api/oauth2/authorize`,
    token_endpoint: `${origin}/api/oauth2/token`,
    revocation_endpoint: `${origin}/api/oauth2/revoke`,
  };
  const client: oauth.Client = { client_id: app.clientId };
  const insecure = { [oauth.allowInsecureRequests]: true };
  const secret = oauth.ClientSecretPost(app.clientSecret);

  return {
    authorizationUrl: (parameters = {}) => {
      const url = new URL(`${origin}/api/oauth2/authorize`);
      const all = {
        client_id: app.clientId,
        redirect_uri: app.redirectUri,
        response_type: 'code',
        scope: 'profile balance',
        state: randomBytes(16).toString('base64url'),
        ...parameters,
      };
      for (const [name, value] of Object.entries(all))
        if (value !== undefined) url.searchParams.set(name, value);
      return url;
    },

    exchange: (callback, { codeVerifier = oauth.nopkce, auth = secret } = {}) => {
      // Throws if the callback has anything other than a code and a state (RFC 6749 §4.1.2).
      const state = callback.searchParams.get('state') ?? '';
      const parameters = oauth.validateAuthResponse(server, client, callback, state);
      return oauth.authorizationCodeGrantRequest(
        server,
        client,
        auth,
        parameters,
        app.redirectUri,
        codeVerifier,
        insecure,
      );
    },

    refresh: (refreshToken) => oauth.refreshTokenGrantRequest(server, client, secret, refreshToken, insecure),

    revoke: (token) => oauth.revocationRequest(server, client, secret, token, insecure),

    readTokens: async (response) => {
      const answer = await oauth.processGenericTokenEndpointResponse(server, client, await response);
      return {
        accessToken: answer.access_token,
        refreshToken: answer.refresh_token ?? '',
        scope: answer.scope ?? '',
      };
    },
  };
}

/** Signs in and consents, beginning on the password page. */
export async function signIn(browser: TestBrowser, page: Visit, username = 'user123'): Promise<Visit> {
  const consent = await browser.press(page, 'provider-sign-in', { username, password: 'one-click' });
  return browser.press(consent, 'provider-allow');
}

export function callApi(origin: string, path: string, accessToken?: string): Promise<Response> {
  const headers = accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` };
  return fetch(`${origin}${path}`, { headers, signal: AbortSignal.timeout(5000) });
}

/** Parses the body as a JSON object. */
export async function readObject(response: Response | Promise<Response>): Promise<Record<string, unknown>> {
  return v.parse(v.record(v.string(), v.unknown()), await (await response).json());
}

/** Starts a provider, and signs a browser in up to the callback address of the app. */
export async function startSignedIn(
  overrides: Partial<ProviderConfig> = {},
  parameters: Record<string, string | undefined> = {},
) {
  const origin = await startProvider(overrides);
  const app = createTestApp(origin);
  const browser = createTestBrowser({ origin });
  const callback = await signIn(browser, await browser.open(app.authorizationUrl(parameters)));
  return { origin, app, browser, callback: callback.url };
}
