import type { ErrorCode } from '@oneclick/shared/error-status';
import * as v from 'valibot';
import { ApiError } from '../http/api-error.ts';
import { boundedRetryAfter, isHtml, type ProviderResponse } from './provider-fetch.ts';

/** The tokens of one grant. */
export interface TokenSet {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string | undefined;
  scope: string;
}

interface ReadOptions {
  /** RFC 6749 §5.1: the response leaves the scope out if it is identical to the requested one. */
  requestedScope: string;
  /** The meaning of an error response with status 400, 401 or 403, and of its `error` if it has one. */
  toErrorCode: (status: number, error: string | undefined) => ErrorCode;
}

/** Reads a response of the token endpoint. @throws {ApiError} for anything but tokens */
export function readTokenResponse(response: ProviderResponse, options: ReadOptions): TokenSet {
  const { status, body } = response;
  if (status === 200) return parseTokens(body, options.requestedScope);

  const cause = { name: `HTTP ${status}` };
  const isErrorResponse = [400, 401, 403].includes(status);
  const isFromProxy = isErrorResponse && isHtml(response);
  if (status >= 500 || status === 429 || isFromProxy) {
    const retryAfter = boundedRetryAfter(response.retryAfter);
    throw new ApiError('provider_unavailable', { cause, headers: retryAfter });
  }
  const code = isErrorResponse ? options.toErrorCode(status, parseError(body)) : 'provider_bad_response';
  throw new ApiError(code, { cause });
}

const ONE_HOUR = 3600;
const ONE_DAY = 86_400;

/**
 * RFC 6749 §5.1, with bounds. oauth4webapi's own check of the response is not used: it validates an id_token that this
 * app has not requested and does not read.
 */
const TokenResponse = v.object({
  /** RFC 6750 §2.1: b64token, so that it fits into a header. */
  access_token: v.pipe(v.string(), v.regex(/^[\w\-.~+/]+=*$/), v.maxLength(4096)),
  token_type: v.pipe(v.string(), v.regex(/^bearer$/i)),
  /** Seconds. Some servers write a string. */
  expires_in: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?$/), v.transform(Number))]),
      v.finite(),
      v.transform(Math.floor),
      v.minValue(1),
      v.transform((seconds) => Math.min(seconds, ONE_DAY)),
    ),
    ONE_HOUR,
  ),
  refresh_token: v.optional(v.pipe(v.string(), v.regex(/^[\x20-\x7e]+$/))),
  scope: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  /** Some servers report errors with status 200. */
  error: v.optional(v.never()),
});

function parseTokens(body: string, requestedScope: string): TokenSet {
  try {
    const tokens = v.parse(TokenResponse, JSON.parse(body));
    return {
      accessToken: tokens.access_token,
      expiresInSeconds: tokens.expires_in,
      refreshToken: tokens.refresh_token,
      scope: tokens.scope ?? requestedScope,
    };
  } catch (error) {
    throw new ApiError('provider_bad_response', { cause: error });
  }
}

/** RFC 6749 §5.2. Some servers send no `error`, or not as a string. */
function parseError(body: string): string | undefined {
  try {
    return v.parse(v.object({ error: v.string() }), JSON.parse(body)).error;
  } catch {
    return undefined;
  }
}
