import { HttpRequestInterceptor } from '@mswjs/interceptors/http';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { defineNetwork, HttpNetworkFrame, InterceptorSource, type NetworkApi } from 'msw/experimental';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createRotatingGrants } from './rotating-grants.ts';

/** Without TLS: two TLS sockets of msw at the same time make WebCrypto abort the process (Node 24.21). */
export const PROVIDER = 'http://provider.localhost';
const PROVIDER_ENDPOINT = {
  token: `${PROVIDER}/api/oauth2/token`,
  userinfo: `${PROVIDER}/api/oauth2/userinfo`,
  topup: `${PROVIDER}/api/oauth2/topup`,
};

type Answer = () => Response | Promise<Response>;

/** A provider in this process, behind msw. It follows the standards unless a test sets an answer. */
export function useProvider() {
  const server: NetworkApi<[InterceptorSource]> = defineNetwork({
    // setupServer() does not intercept undici's own `request`.
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    context: { quiet: true },
    onUnhandledFrame: ({ frame, defaults }) => {
      // Requests to servers that a test has started itself pass through.
      const url = frame instanceof HttpNetworkFrame ? new URL(frame.data.request.url) : undefined;
      if (url?.hostname !== '127.0.0.1') defaults.error();
    },
    handlers: [
      http.post(PROVIDER_ENDPOINT.token, async ({ request }) => {
        const form = new URLSearchParams(await request.text());
        provider.tokenRequests.push(form);
        provider.tokenHeaders.push(request.headers);
        const answer = provider.tokenAnswers.shift();
        if (answer) return answer();
        const { status, body } = provider.respond(form);
        return json(body, status);
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
  const provider = Object.assign(createRotatingGrants(), {
    server,
    tokenRequests: [] as URLSearchParams[],
    tokenHeaders: [] as Headers[],
    /** Used up one by one, before the regular responses. */
    tokenAnswers: [] as Answer[],
    resourceRequests: [] as Request[],
    resourceAnswer: undefined as Answer | undefined,
    refreshRequests: () =>
      provider.tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token'),
  });

  beforeAll(() => server.enable());
  afterAll(() => server.disable());
  afterEach(() => {
    server.resetHandlers();
    Object.assign(provider, { tokenRequests: [], tokenHeaders: [], tokenAnswers: [], resourceRequests: [] });
    provider.resourceAnswer = undefined;
  });
  return provider;
}

export function json(body: JsonBodyType, status = 200, headers: Record<string, string> = {}): Response {
  return HttpResponse.json(body, { status, headers });
}
