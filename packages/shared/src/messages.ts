import * as v from 'valibot';
import { ERRORS, isErrorCode } from './errors.ts';
import { AUTHORIZATION_CODE, AUTHORIZATION_ERROR, STATE } from './patterns.ts';

/*
 * One schema for each message. From them come the API's validation and serialisation, the OpenAPI document,
 * the types on both sides, and the web app's check of what it receives.
 *
 * Requests are strict: an unknown key is refused. Responses are open: a key that a newer API adds is ignored
 * by an older web app.
 */

export const State = v.pipe(v.string(), v.regex(STATE));
const AuthorizationCode = v.pipe(v.string(), v.regex(AUTHORIZATION_CODE));
const AuthorizationError = v.pipe(v.string(), v.regex(AUTHORIZATION_ERROR));

/** What a POST without parameters carries: `{}`, or no body at all. */
export const EmptyRequest = v.strictObject({});

export const StartResponse = v.object({
  /** Where to send the window. Holds no secret. */
  authorizationUrl: v.string(),
  /** Names this attempt. It comes back with the provider's answer. */
  state: State,
  /** Seconds until the attempt can no longer be finished. */
  expiresIn: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type StartResponse = v.InferOutput<typeof StartResponse>;

/**
 * What the callback page received: a code or an error, never both.
 * @see RFC 6749 §4.1.2
 */
export const ExchangeTokenRequest = v.union([
  v.strictObject({ code: AuthorizationCode, state: State }),
  v.strictObject({ error: AuthorizationError, state: State }),
]);
export type ExchangeTokenRequest = v.InferOutput<typeof ExchangeTokenRequest>;

/** What a link to the server-side flow may say. */
export const ServerSideStartQuery = v.object({
  /** Where to end, signed in: a path of the web app. Anything else counts as `/`. */
  return_to: v.optional(v.string()),
});
export type ServerSideStartQuery = v.InferOutput<typeof ServerSideStartQuery>;

/**
 * What the provider adds to the redirect URI of the server-side flow. Each at most once; with an error, the code
 * means nothing; what else there may be is ignored.
 * @see RFC 6749 §4.1.2
 */
export const ServerSideCallbackQuery = v.object({
  state: State,
  code: v.optional(AuthorizationCode),
  error: v.optional(AuthorizationError),
  /** Never read: text for developers, by whoever wrote the link. */
  error_description: v.optional(v.string()),
});
export type ServerSideCallbackQuery = v.InferOutput<typeof ServerSideCallbackQuery>;

/** RFC 6749 §5.1, without the refresh token: that one never leaves the API. */
export const TokenResponse = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  token_type: v.literal('Bearer'),
  /** Seconds left, counted when the answer was made. */
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Space-separated scopes that were granted. */
  scope: v.string(),
  /** Public. Changes with every sign-in, so that tabs notice a change of user. */
  session_id: v.pipe(v.string(), v.minLength(1)),
});
export type TokenResponse = v.InferOutput<typeof TokenResponse>;

/** Below zero for an account in debt, or one without a limit. */
const Quota = v.number();
const UnixSeconds = v.pipe(v.number(), v.minValue(0));
const Text = v.pipe(v.string(), v.maxLength(512));

/** The fields of the provider's userinfo that we pass on. A scope that was not granted takes its fields away. */
export const Userinfo = v.object({
  id: v.pipe(v.number(), v.integer()),
  /** Scope `profile`. */
  username: v.optional(Text),
  /** Scope `profile`. */
  email: v.optional(Text),
  /** Scope `balance`. */
  quota: v.optional(Quota),
  /** Scope `balance`. */
  used_quota: v.optional(Quota),
  /** Scope `balance`. As the provider formats it; shown untouched. */
  balance_formatted: v.optional(Text),
  /** Unix seconds. */
  created_time: v.optional(UnixSeconds),
  /** 1: active. */
  status: v.optional(v.pipe(v.number(), v.integer())),
});
export type Userinfo = v.InferOutput<typeof Userinfo>;

export const TopupResponse = v.object({
  /** Where this user tops the account up. Checked by the API and once more before it is opened. */
  topup_url: v.pipe(v.string(), v.maxLength(2048)),
});
export type TopupResponse = v.InferOutput<typeof TopupResponse>;

export const HealthResponse = v.object({ status: v.literal('ok') });

/** Whether this instance does all it is meant to. Without its Redis it still serves, but on its own. */
export const ReadinessResponse = v.object({
  status: v.picklist(['ok', 'unavailable']),
  /** Left out where none is configured. */
  redis: v.optional(v.picklist(['reachable', 'unreachable'])),
});
export type ReadinessResponse = v.InferOutput<typeof ReadinessResponse>;

/** The one form in which the API reports an error. */
export const ErrorResponse = v.object({
  error: v.picklist(Object.keys(ERRORS).filter(isErrorCode)),
  /** One plain sentence for developers. Never holds input, never what the provider said. */
  error_description: v.string(),
  /** To quote to support: the same id is in the API's log. */
  request_id: v.string(),
  retryable: v.boolean(),
});
export type ErrorResponse = v.InferOutput<typeof ErrorResponse>;
