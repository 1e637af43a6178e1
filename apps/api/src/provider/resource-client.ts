import { Userinfo } from '@oneclick/shared/messages';
import * as v from 'valibot';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { boundedRetryAfter, isHtml, type ProviderFetch } from './provider-fetch.ts';
import { parseTopupUrl } from './topup-url.ts';

/** Requests the user's resources from the provider, with the user's access token. */
export interface ResourceClient {
  fetchUserinfo: (accessToken: string, options?: { timeoutMs?: number }) => Promise<Userinfo>;
  /** @returns a link that is safe to open */
  fetchTopupUrl: (accessToken: string) => Promise<string>;
}

export function createResourceClient(
  { provider, topupHosts }: Config,
  providerFetch: ProviderFetch,
): ResourceClient {
  /** Nothing of the browser's request is passed on but the token. */
  async function getJson(
    endpoint: 'userinfo' | 'topup',
    accessToken: string,
    options: { timeoutMs?: number } = {},
  ): Promise<unknown> {
    const answer = await providerFetch(provider[`${endpoint}Endpoint`], {
      ...options,
      endpoint,
      headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
    });
    const { status } = answer;
    const cause = { name: `HTTP ${status}` };
    const headers = boundedRetryAfter(answer.retryAfter);
    if (status === 401) throw invalidToken({ cause });
    if (status === 403 && !isHtml(answer)) throw new ApiError('insufficient_scope', { cause });
    if (status === 429) throw new ApiError('rate_limited', { cause, headers });
    if (status >= 500 || status === 403) throw new ApiError('provider_unavailable', { cause, headers });
    if (status !== 200) throw new ApiError('provider_bad_response', { cause });
    try {
      // Null means the same as an absent field: many servers write it for an email address that they don't have. A number
      // that is too large for JavaScript would be null in our answer.
      return JSON.parse(answer.body.replace(/^\uFEFF/, ''), (_key, value: unknown) =>
        value === null || value === Infinity || value === -Infinity ? undefined : value,
      );
    } catch (error) {
      throw new ApiError('provider_bad_response', { cause: error });
    }
  }

  return {
    async fetchUserinfo(accessToken, options) {
      const userinfo = v.safeParse(Userinfo, await getJson('userinfo', accessToken, options));
      if (!userinfo.success) {
        throw new ApiError('provider_bad_response', { cause: { name: 'UserinfoInvalid' } });
      }
      return userinfo.output;
    },

    async fetchTopupUrl(accessToken) {
      const answer = v.safeParse(TopupAnswer, await getJson('topup', accessToken));
      if (!answer.success) throw new ApiError('provider_bad_response', { cause: { name: 'TopupInvalid' } });
      const topupUrl = parseTopupUrl(answer.output.topup_url, topupHosts);
      if (!topupUrl) throw new ApiError('unsafe_topup_url');
      return topupUrl;
    },
  };
}

const TopupAnswer = v.object({ topup_url: v.optional(v.unknown()) });

/** RFC 6750 §3.1: the challenge names the error only if the request had a token. */
export function invalidToken({
  cause,
  isGiven = true,
}: { cause?: unknown; isGiven?: boolean } = {}): ApiError {
  const challenge = isGiven ? 'Bearer error="invalid_token"' : 'Bearer realm="api"';
  return new ApiError('invalid_token', { cause, headers: { 'www-authenticate': challenge } });
}
