import type { ErrorCode } from '@oneclick/shared/error-status';
import * as v from 'valibot';
import { ApiError } from '../http/api-error.ts';
import { parseJsonAnswer, readFields, type JsonAnswer } from './json-answer.ts';
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
  /** Receives the names of the fields that were ignored, because they have another form than RFC 6749 §5.1. */
  onOddFields: (names: string[]) => void;
}

/** Reads a response of the token endpoint. @throws {ApiError} for anything but tokens */
export function readTokenResponse(response: ProviderResponse, options: ReadOptions): TokenSet {
  const { status, body } = response;
  if (status === 200) return parseTokens(body, options);

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
  access_token: v.optional(v.pipe(v.string(), v.regex(/^[\w\-.~+/]+=*$/), v.maxLength(4096))),
  token_type: v.optional(v.pipe(v.string(), v.regex(/^bearer$/i))),
  /** Seconds. Some servers write a string. */
  expires_in: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?$/), v.transform(Number))]),
      v.finite(),
      v.transform(Math.floor),
      v.minValue(1),
      v.transform((seconds) => Math.min(seconds, ONE_DAY)),
    ),
  ),
  refresh_token: v.optional(v.pipe(v.string(), v.regex(/^[\x20-\x7e]+$/))),
  /** Some servers write a list. */
  scope: v.optional(
    v.pipe(
      v.union([
        v.string(),
        v.pipe(
          v.array(v.string()),
          v.transform((scopes) => scopes.join(' ')),
        ),
      ]),
      v.maxLength(1024),
    ),
  ),
});

/**
 * A code works once, and a refresh may have replaced the refresh token. So tokens that are good are kept, whatever the
 * other fields say: a lifetime that can't be one (0 and -1 mean "never" at some servers) counts as an hour.
 */
function parseTokens(body: string, { requestedScope, toErrorCode, onOddFields }: ReadOptions): TokenSet {
  const { fields, isRefusal } = parseAnswer(body);
  const { value: tokens, oddFields } = readFields(TokenResponse, fields);
  if (oddFields.length > 0) onOddFields(oddFields);
  if (tokens.access_token === undefined && isRefusal) {
    const error = typeof fields['error'] === 'string' ? fields['error'] : undefined;
    throw new ApiError(toErrorCode(400, error), { cause: { name: 'HTTP 200, success: false' } });
  }
  // RFC 6749 §7.1: a client must not use a token of a type that it does not know. Some servers send no type.
  const isOtherType = tokens.token_type === undefined && typeof fields['token_type'] === 'string';
  // Some servers report errors with status 200.
  if (tokens.access_token === undefined || isOtherType || fields['error'] !== undefined) {
    throw new ApiError('provider_bad_response', { cause: { name: 'TokenResponseInvalid' } });
  }
  return {
    accessToken: tokens.access_token,
    expiresInSeconds: tokens.expires_in ?? ONE_HOUR,
    refreshToken: tokens.refresh_token,
    scope: tokens.scope ?? requestedScope,
  };
}

function parseAnswer(body: string): JsonAnswer {
  try {
    return parseJsonAnswer(body);
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
