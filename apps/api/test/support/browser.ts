import { ErrorResponse, TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { CookieJar } from 'tough-cookie';
import * as v from 'valibot';

/** The parts of an answer that tests read. `app.inject` and a process behind HTTP both return them. */
export type ApiResponse = Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body' | 'json'>;

interface BrowserOptions<R extends ApiResponse> {
  app: { inject: (request: InjectOptions & { url: string }) => Promise<R> };
  webOrigin: string;
  apiOrigin: string;
}

/** The names of the session cookie and of its hint for the page, on the https origins of the tests. */
export const SESSION_COOKIE = '__Host-Http-session';
export const SESSION_HINT = '__Host-oneclick-session';

export type Browser = ReturnType<typeof createBrowser<LightMyRequestResponse>>;

/** A page of the web app with the request headers and the cookie jar of its browser. */
export function createBrowser<R extends ApiResponse>({ app, webOrigin, apiOrigin }: BrowserOptions<R>) {
  const jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  const isCrossSite =
    new URL(webOrigin).hostname.split('.').slice(-2).join() !==
    new URL(apiOrigin).hostname.split('.').slice(-2).join();
  const sameSiteContext = isCrossSite ? 'none' : 'strict';

  async function send(
    request: InjectOptions & { url: string },
    context: 'strict' | 'lax' | 'none' = sameSiteContext,
  ): Promise<R> {
    const url = apiOrigin + request.url;
    const cookie = await jar.getCookieString(url, { sameSiteContext: context });
    const response = await app.inject({
      ...request,
      headers: { ...(cookie && { cookie }), ...request.headers },
    });
    for (const header of setCookiesOf(response)) {
      await jar.setCookie(header, url, { sameSiteContext: context });
    }
    return response;
  }

  const getCookie = async (name: string) =>
    (await jar.getCookies(apiOrigin, { sameSiteContext })).find(({ key }) => key === name);

  const post = (url: string, body?: object, headers: Record<string, string> = {}) =>
    send({
      method: 'POST',
      url,
      headers: { origin: webOrigin, 'x-csrf': '1', 'sec-fetch-mode': 'cors', ...headers },
      ...(body && { body }),
    });

  return {
    jar,
    send,
    post,
    start: async () => startResponse((await post(PATHS.start, {})).json()),
    /** Follows a link on a page of the given site. Does not follow redirects. */
    navigate: (url: string, from: 'same-origin' | 'same-site' | 'cross-site' | 'none' = 'same-origin') =>
      send(
        {
          url,
          headers: { 'sec-fetch-site': from, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
        },
        from === 'cross-site' ? 'lax' : 'strict',
      ),
    get: (url: string, accessToken: string) =>
      send({ url, headers: { authorization: `Bearer ${accessToken}` } }),
    cookieNames: async () => (await jar.getCookies(apiOrigin, { sameSiteContext })).map(({ key }) => key),
    /** The session cookie as `name=value`, for a request that a test sends by itself. */
    sessionCookie: async () => `${SESSION_COOKIE}=${(await getCookie(SESSION_COOKIE))?.value}`,
    cookie: getCookie,
  };
}

function startResponse(json: unknown): { authorizationUrl: string; state: string } {
  return v.parse(v.object({ authorizationUrl: v.string(), state: v.string() }), json);
}

/** The values of all `Set-Cookie` headers, in order. */
export function setCookiesOf({ headers }: Pick<ApiResponse, 'headers'>): string[] {
  return [headers['set-cookie'] ?? []].flat().map(String);
}

export function errorOf(response: ApiResponse): string {
  return `${response.statusCode} ${v.parse(v.strictObject(ErrorResponse.entries), response.json()).error}`;
}

/** Parses strictly, so that an additional field fails the test. */
export function tokensOf(response: ApiResponse): TokenResponse {
  return v.parse(v.strictObject(TokenResponse.entries), response.json());
}
