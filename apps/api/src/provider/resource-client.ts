import { Userinfo } from '@oneclick/shared/messages';
import * as v from 'valibot';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { boundedRetryAfter, isHtml, type ProviderFetch } from './provider-fetch.ts';
import { parseTopupUrl } from './topup-url.ts';

/** Asks the provider, in the user's name, for what it protects. */
export type ResourceClient = ReturnType<typeof createResourceClient>;

export function createResourceClient({ provider, topupHosts }: Config, providerFetch: ProviderFetch) {
  /** Fixed address, fixed headers: nothing of the browser's request goes along but the token. */
  async function getJson(url: string, accessToken: string): Promise<unknown> {
    const answer = await providerFetch(url, {
      headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
    });
    const { status } = answer;
    const cause = { name: `HTTP ${status}` };
    if (status === 401) throw invalidToken({ cause });
    if (status === 403 && !isHtml(answer)) throw new ApiError('insufficient_scope', { cause });
    if (status === 429)
      throw new ApiError('rate_limited', { cause, headers: boundedRetryAfter(answer.retryAfter) });
    if (status >= 500 || status === 403) {
      throw new ApiError('provider_unavailable', { cause, headers: boundedRetryAfter(answer.retryAfter) });
    }
    if (status !== 200) throw new ApiError('provider_bad_response', { cause });
    try {
      // Null says as much as leaving the field out: many servers write it for an address, say, that they don't have.
      return JSON.parse(answer.body.replace(/^\uFEFF/, ''), (_key, value: unknown) => value ?? undefined);
    } catch (error) {
      throw new ApiError('provider_bad_response', { cause: error });
    }
  }

  return {
    async fetchUserinfo(accessToken: string): Promise<Userinfo> {
      const userinfo = v.safeParse(Userinfo, await getJson(provider.userinfoEndpoint, accessToken));
      if (!userinfo.success)
        throw new ApiError('provider_bad_response', { cause: { name: 'UserinfoInvalid' } });
      return userinfo.output;
    },

    async fetchTopupUrl(accessToken: string): Promise<string> {
      const answer = v.safeParse(TopupAnswer, await getJson(provider.topupEndpoint, accessToken));
      if (!answer.success) throw new ApiError('provider_bad_response', { cause: { name: 'TopupInvalid' } });
      const topupUrl = parseTopupUrl(answer.output.topup_url, topupHosts);
      if (!topupUrl) throw new ApiError('unsafe_topup_url');
      return topupUrl;
    },
  };
}

const TopupAnswer = v.object({ topup_url: v.optional(v.unknown()) });

/** RFC 6750 §3.1: the error is named only if a token was given. */
export function invalidToken({
  cause,
  isGiven = true,
}: { cause?: unknown; isGiven?: boolean } = {}): ApiError {
  const challenge = isGiven ? 'Bearer error="invalid_token"' : 'Bearer realm="api"';
  return new ApiError('invalid_token', { cause, headers: { 'www-authenticate': challenge } });
}
