import { createHash, randomBytes } from 'node:crypto';
import { HttpRequestInterceptor } from '@mswjs/interceptors/http';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { defineNetwork, HttpNetworkFrame, InterceptorSource, type NetworkApi } from 'msw/experimental';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** Without TLS: what msw does with TLS sockets makes WebCrypto abort the process, once there are two at a time (Node 24.21). */
export const PROVIDER = 'http://provider.localhost';
const PROVIDER_ENDPOINT = {
  token: `${PROVIDER}/api/oauth2/token`,
  userinfo: `${PROVIDER}/api/oauth2/userinfo`,
  topup: `${PROVIDER}/api/oauth2/topup`,
};

type Answer = () => Response | Promise<Response>;

/** A provider that keeps the standards, until it is told to answer something else. */
export function useProvider() {
  const server: NetworkApi<[InterceptorSource]> = defineNetwork({
    // setupServer() doesn't see what undici's own functions send.
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    context: { quiet: true },
    onUnhandledFrame: ({ frame, defaults }) => {
      // What a test sends to a server of its own over a real connection goes on its way.
      const url = frame instanceof HttpNetworkFrame ? new URL(frame.data.request.url) : undefined;
      if (url?.hostname !== '127.0.0.1') defaults.error();
    },
    handlers: [
      http.post(PROVIDER_ENDPOINT.token, async ({ request }) => {
        const form = new URLSearchParams(await request.text());
        provider.tokenRequests.push(form);
        provider.tokenHeaders.push(request.headers);
        return provider.tokenAnswers.shift()?.() ?? answerTokenRequest(form);
      }),
      http.get(PROVIDER_ENDPOINT.userinfo, async ({ request }) => {
        provider.resourceRequests.push(request);
        return provider.resourceAnswer?.() ?? HttpResponse.json({ id: 1, username: 'user1' });
      }),
      http.get(PROVIDER_ENDPOINT.topup, async ({ request }) => {
        provider.resourceRequests.push(request);
        return provider.resourceAnswer?.() ?? HttpResponse.json({ topup_url: `${PROVIDER}/topup` });
      }),
    ],
  });
  const challengeByCode = new Map<string, string>();
  const liveRefreshTokens = new Set<string>();

  const provider = {
    server,
    tokenRequests: [] as URLSearchParams[],
    tokenHeaders: [] as Headers[],
    /** Taken one by one instead of the regular answer. */
    tokenAnswers: [] as Answer[],
    resourceRequests: [] as Request[],
    resourceAnswer: undefined as Answer | undefined,
    /** For the regular answers. */
    expiresIn: 7200,
    /** What the user's visit to the authorization endpoint ends with. */
    authorize(authorizationUrl: string): string {
      const code = `code-${randomBytes(8).toString('hex')}`;
      challengeByCode.set(code, new URL(authorizationUrl).searchParams.get('code_challenge') ?? '');
      return code;
    },
    refreshRequests: () =>
      provider.tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token'),
  };

  function answerTokenRequest(form: URLSearchParams): Response {
    const refreshToken = form.get('refresh_token') ?? '';
    const code = form.get('code') ?? '';
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood =
      form.get('grant_type') === 'refresh_token'
        ? liveRefreshTokens.delete(refreshToken)
        : challengeByCode.get(code) === challenge && challengeByCode.delete(code);
    return isGood ? json(newTokens()) : json({ error: 'invalid_grant' }, 400);
  }

  function newTokens() {
    const refresh_token = `refresh-${randomBytes(8).toString('hex')}`;
    liveRefreshTokens.add(refresh_token);
    return {
      access_token: `access-${randomBytes(8).toString('hex')}`,
      token_type: 'Bearer',
      expires_in: provider.expiresIn,
      refresh_token,
      scope: 'profile balance',
    };
  }

  beforeAll(() => server.enable());
  afterAll(() => server.disable());
  afterEach(() => {
    server.resetHandlers();
    Object.assign(provider, { tokenRequests: [], tokenHeaders: [], tokenAnswers: [], resourceRequests: [] });
    Object.assign(provider, { resourceAnswer: undefined, expiresIn: 7200 });
  });
  return provider;
}

export function json(body: JsonBodyType, status = 200, headers: Record<string, string> = {}): Response {
  return HttpResponse.json(body, { status, headers });
}
