import { randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import type { ProviderConfig, RegisteredApp } from './config.ts';
import { listenLocalProvider } from './listen.ts';
import { createTestBrowser, type TestBrowser, type Visit } from './test-browser.ts';

export const demoApp: RegisteredApp = {
  name: 'Demo app',
  clientId: 'client_demo',
  clientSecret: 'secret_demo:with /+%&=',
  redirectUri: 'http://localhost:5173/oauth/callback.html',
};

/** A provider on a port of its own, for the length of one test. */
export async function startProvider(overrides: Partial<ProviderConfig> = {}): Promise<string> {
  const running = await listenLocalProvider({
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

/** The third-party app: builds authorization requests and talks to the token endpoint through oauth4webapi. */
export function createTestApp(origin: string, app: RegisteredApp = demoApp) {
  const server: oauth.AuthorizationServer = {
    issuer: origin,
    authorization_endpoint: `${origin}/api/oauth2/authorize`,
    token_endpoint: `${origin}/api/oauth2/token`,
    revocation_endpoint: `${origin}/api/oauth2/revoke`,
  };
  const client: oauth.Client = { client_id: app.clientId };
  const insecure = { [oauth.allowInsecureRequests]: true };

  return {
    authorizationUrl(parameters: Record<string, string | undefined> = {}): URL {
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

    exchange(
      callback: URL,
      options: { codeVerifier?: string; auth?: oauth.ClientAuth } = {},
    ): Promise<Response> {
      // RFC 6749 §4.1.2: code and state, and nothing else.
      const parameters = oauth.validateAuthResponse(
        server,
        client,
        callback,
        callback.searchParams.get('state') ?? '',
      );
      return oauth.authorizationCodeGrantRequest(
        server,
        client,
        options.auth ?? oauth.ClientSecretPost(app.clientSecret),
        parameters,
        app.redirectUri,
        options.codeVerifier ?? oauth.nopkce,
        insecure,
      );
    },

    refresh(refreshToken: string): Promise<Response> {
      return oauth.refreshTokenGrantRequest(
        server,
        client,
        oauth.ClientSecretPost(app.clientSecret),
        refreshToken,
        insecure,
      );
    },

    revoke(token: string): Promise<Response> {
      return oauth.revocationRequest(
        server,
        client,
        oauth.ClientSecretPost(app.clientSecret),
        token,
        insecure,
      );
    },

    async readTokens(
      response: Promise<Response>,
    ): Promise<{ accessToken: string; refreshToken: string; scope: string }> {
      const answer = await oauth.processGenericTokenEndpointResponse(server, client, await response);
      return {
        accessToken: answer.access_token,
        refreshToken: answer.refresh_token ?? '',
        scope: answer.scope ?? '',
      };
    },
  };
}

/** Types the password and consents, from wherever the browser is. */
export async function signIn(browser: TestBrowser, page: Visit, username = 'user123'): Promise<Visit> {
  const consent = await browser.press(page, 'provider-sign-in', { username, password: 'one-click' });
  return browser.press(consent, 'provider-allow');
}

export function callApi(origin: string, path: string, accessToken?: string): Promise<Response> {
  const headers = accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` };
  return fetch(`${origin}${path}`, { headers, signal: AbortSignal.timeout(5000) });
}

/** The body of an answer in JSON. */
export async function readObject(response: Response | Promise<Response>): Promise<Record<string, unknown>> {
  return v.parse(v.record(v.string(), v.unknown()), await (await response).json());
}

/** A provider, an app and a browser that has just signed in. */
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
