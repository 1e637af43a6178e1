import { Userinfo } from '@oneclick/shared/messages';
import type { FastifyBaseLogger } from 'fastify';
import * as v from 'valibot';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { parseJsonAnswer, readFields, type JsonAnswer } from './json-answer.ts';
import { reportOddFields } from './odd-fields.ts';
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
  log: Pick<FastifyBaseLogger, 'warn'>,
): ResourceClient {
  const onOddFields = reportOddFields(log, 'userinfo');

  /** Nothing of the browser's request is passed on but the token. */
  async function getFields(
    endpoint: 'userinfo' | 'topup',
    accessToken: string,
    options: { timeoutMs?: number } = {},
  ): Promise<JsonAnswer> {
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
      return parseJsonAnswer(answer.body);
    } catch (error) {
      throw new ApiError('provider_bad_response', { cause: error });
    }
  }

  return {
    async fetchUserinfo(accessToken, options) {
      const { fields, isRefusal } = await getFields('userinfo', accessToken, options);
      const { value: userinfo, oddFields } = readFields(ReadableUserinfo, fields);
      if (oddFields.length > 0) onOddFields(oddFields);
      if (isRefusal && userinfo.id === undefined) throw invalidToken({ cause: REFUSAL });
      if (Object.keys(userinfo).length > 0) return userinfo;
      throw new ApiError('provider_bad_response', { cause: { name: 'UserinfoInvalid' } });
    },

    async fetchTopupUrl(accessToken) {
      const { fields, isRefusal } = await getFields('topup', accessToken);
      const { topup_url: given } = fields;
      if (given === undefined && isRefusal) throw invalidToken({ cause: REFUSAL });
      const topupUrl = parseTopupUrl(given, topupHosts);
      if (!topupUrl) throw new ApiError('unsafe_topup_url');
      return topupUrl;
    },
  };
}

const REFUSAL = { name: 'HTTP 200, success: false' };

/** Unix seconds at the end of the year 2099. A later date is in milliseconds or microseconds. */
const LAST_SECOND = 4_102_444_799;
const FiniteNumber = v.pipe(v.number(), v.finite());

/** `Userinfo` without the numbers that JSON can't express, and without dates that can't be one. */
const ReadableUserinfo = v.object({
  ...Userinfo.entries,
  quota: v.optional(FiniteNumber),
  used_quota: v.optional(FiniteNumber),
  created_time: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(LAST_SECOND))),
});

/** RFC 6750 §3.1: the challenge names the error only if the request had a token. */
export function invalidToken({
  cause,
  isGiven = true,
}: { cause?: unknown; isGiven?: boolean } = {}): ApiError {
  const challenge = isGiven ? 'Bearer error="invalid_token"' : 'Bearer realm="api"';
  return new ApiError('invalid_token', { cause, headers: { 'www-authenticate': challenge } });
}
