import * as v from 'valibot';
import { ERRORS, isErrorCode } from './error-status.ts';
import { INCLUDE_USERINFO } from './paths.ts';
import { AUTHORIZATION_CODE, AUTHORIZATION_ERROR, STATE } from './patterns.ts';

/*
 * One schema for each message. The API's validation and serialisation, the OpenAPI document and the types on both sides
 * are made from it. The browser loads only the types: its parsers are compared with these schemas by a test.
 *
 * Requests are strict: an unknown key is refused. Answers are open: an older web app ignores a key that a newer API
 * adds.
 */

/**
 * The parameter `state`: 43 characters of base64url.
 * @see RFC 6749 §4.1.1
 * @example v.parse(State, request.query.state)
 */
export const State = v.pipe(v.string(), v.regex(STATE));
const AuthorizationCode = v.pipe(v.string(), v.regex(AUTHORIZATION_CODE));
const AuthorizationError = v.pipe(v.string(), v.regex(AUTHORIZATION_ERROR));

/**
 * The body of a POST without parameters. No body at all means the same.
 * @example {}
 */
export const EmptyRequest = v.strictObject({});

/**
 * The answer of `POST /api/oauth/start`.
 * @example { authorizationUrl: 'https://…/api/oauth2/authorize?…', state: 'Zm9v…', expiresIn: 600 }
 */
export const StartResponse = v.object({
  /** The authorization request (RFC 6749 §4.1.1) to send the window to. Contains no secret. */
  authorizationUrl: v.string(),
  /** Identifies the transaction. The authorization response brings it back. */
  state: State,
  /** Seconds until the transaction expires. */
  expiresIn: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
/** @see {@link StartResponse} */
export type StartResponse = v.InferOutput<typeof StartResponse>;

/**
 * The body of `POST /api/oauth/exchange-token`: the authorization response that the callback page received, with a
 * code or with an error, never with both.
 * @see RFC 6749 §4.1.2 and §4.1.2.1
 * @example { code: 'SplxlOBeZQQYbYS6WxSbIA', state: 'Zm9v…' }
 * @example { error: 'access_denied', state: 'Zm9v…' }
 */
export const ExchangeTokenRequest = v.union([
  v.strictObject({ code: AuthorizationCode, state: State }),
  v.strictObject({ error: AuthorizationError, state: State }),
]);
/** @see {@link ExchangeTokenRequest} */
export type ExchangeTokenRequest = v.InferOutput<typeof ExchangeTokenRequest>;

/**
 * The query of `GET /auth/oauth/start`, which starts the server-side flow.
 * @example { return_to: '/pricing' }
 */
export const ServerSideStartQuery = v.object({
  /** The path of the web app to return to after the sign-in. Any other value counts as `/`. */
  return_to: v.optional(v.string()),
});
/** @see {@link ServerSideStartQuery} */
export type ServerSideStartQuery = v.InferOutput<typeof ServerSideStartQuery>;

/**
 * The query of `GET /oauth/callback`: the authorization response of the server-side flow. Each parameter occurs at
 * most once. With `error`, the code is ignored. Unknown parameters are ignored.
 * @see RFC 6749 §4.1.2 and §4.1.2.1
 * @example { code: 'SplxlOBeZQQYbYS6WxSbIA', state: 'Zm9v…' }
 */
export const ServerSideCallbackQuery = v.object({
  /** Some providers leave it out of an error, or leave it empty. */
  state: v.optional(v.union([State, v.literal('')])),
  code: v.optional(AuthorizationCode),
  error: v.optional(AuthorizationError),
  /** Never read: anyone can write a link with any text in it. */
  error_description: v.optional(v.string()),
});
/** @see {@link ServerSideCallbackQuery} */
export type ServerSideCallbackQuery = v.InferOutput<typeof ServerSideCallbackQuery>;

const Quota = v.number();
const UnixSeconds = v.pipe(v.number(), v.minValue(0));
const Text = v.pipe(v.string(), v.maxLength(512));

/**
 * The account of the user: the fields of the provider's userinfo that the API passes on. A field is missing if its
 * scope was not granted, or if the provider sent it in another form. At least one field is there.
 * @see https://docs.aihubmix.com/en/api/Auth
 * @example
 * { id: 12345, username: 'user123', email: 'user@example.com', quota: 1000000, used_quota: 250000,
 *   balance_formatted: '750.00', created_time: 1640995200, status: 1 }
 */
export const Userinfo = v.pipe(
  v.object({
    /** The provider's id of the user. Never changes. */
    id: v.optional(v.pipe(v.number(), v.integer())),
    /** Scope `profile`. */
    username: v.optional(Text),
    /** Scope `profile`. */
    email: v.optional(Text),
    /**
     * Scope `balance`. In AIHubMix's accounting units, whole numbers: in the documentation's example 1,000 units are
     * 1.00 of `balance_formatted`. Negative for an account in debt, or for one without a limit. The documentation uses
     * it as the total that was granted; other endpoints of AIHubMix use the same name for what is left. Show
     * `balance_formatted`, and use this field for a share only where `used_quota` is not greater.
     */
    quota: v.optional(Quota),
    /** Scope `balance`. What the user has spent so far, in the units of `quota`. */
    used_quota: v.optional(Quota),
    /** Scope `balance`. What is left, formatted by the provider. Show it unchanged. */
    balance_formatted: v.optional(Text),
    /** When the account was created. Unix seconds. */
    created_time: v.optional(UnixSeconds),
    /**
     * 1: the account is active. The documentation names no other value; gateways of the one-api family use 2 and above
     * for disabled accounts, so treat every other value as not active.
     */
    status: v.optional(v.pipe(v.number(), v.integer())),
  }),
  v.minEntries(1),
);
/** @see {@link Userinfo} */
export type Userinfo = v.InferOutput<typeof Userinfo>;

/**
 * The query of `POST /api/oauth/exchange-token` and of `POST /api/oauth/session`. Any other value counts as absent, so
 * that a newer page may ask for more.
 * @example { include: 'userinfo' }
 */
export const TokenQuery = v.object({
  /** Adds the account to the token response. */
  include: v.fallback(v.optional(v.literal(INCLUDE_USERINFO.include)), undefined),
});
/** @see {@link TokenQuery} */
export type TokenQuery = v.InferOutput<typeof TokenQuery>;

/**
 * The token response of RFC 6749 §5.1, without the refresh token: the API never sends that one to a page.
 * @example
 * { access_token: '…', token_type: 'Bearer', expires_in: 7200, scope: 'profile balance', session_id: '9b2…',
 *   userinfo: { id: 12345, username: 'user123', balance_formatted: '750.00' } }
 */
export const TokenResponse = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  token_type: v.literal('Bearer'),
  /** Seconds until the access token expires, counted from this answer. */
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** The scopes that were granted, separated by spaces. */
  scope: v.string(),
  /** Public. Each sign-in gets a new one, so that the tabs notice a change of user. */
  session_id: v.pipe(v.string(), v.minLength(1)),
  /**
   * The account, read from the provider with this access token. Missing if the request did not ask for it
   * ({@link TokenQuery}), or if the provider failed or was too slow: then ask `GET /api/oauth/userinfo`.
   */
  userinfo: v.optional(Userinfo),
});
/** @see {@link TokenResponse} */
export type TokenResponse = v.InferOutput<typeof TokenResponse>;

/**
 * The answer of `GET /api/oauth/topup`.
 * @example { topup_url: 'https://aihubmix.com/topup' }
 */
export const TopupResponse = v.object({
  /** The provider's page on which this user tops up. The API checks the link; check it again before you open it. */
  topup_url: v.pipe(v.string(), v.maxLength(2048)),
});
/** @see {@link TopupResponse} */
export type TopupResponse = v.InferOutput<typeof TopupResponse>;

/**
 * The answer of `POST /api/oauth/identity-token`.
 * @example { identity_token: 'eyJhbGciOiJFZERTQSIs…', expires_in: 300 }
 */
export const IdentityTokenResponse = v.object({
  /**
   * A JWT for the app's own servers (RFC 7519), signed with EdDSA, of the type `identity+jwt`: `iss` is the origin of the
   * API, `aud` the name of the servers, `sub` the provider's id of the user as text, `sid` the `session_id`.
   */
  identity_token: v.string(),
  /** Seconds until the token expires. */
  expires_in: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
/** @see {@link IdentityTokenResponse} */
export type IdentityTokenResponse = v.InferOutput<typeof IdentityTokenResponse>;

/**
 * The answer of `GET /api/oauth/jwks.json`: the public keys of all identity tokens that are valid now.
 * @see RFC 7517 §5 and RFC 8037 §2
 * @example { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrf…', kid: 'kPrK_qmxVWa…', alg: 'EdDSA', use: 'sig' }] }
 */
export const JwksResponse = v.object({
  keys: v.array(
    v.object({
      kty: v.literal('OKP'),
      crv: v.literal('Ed25519'),
      /** The public key, 32 bytes in base64url. */
      x: v.string(),
      /** The thumbprint of the key (RFC 7638). */
      kid: v.string(),
      alg: v.literal('EdDSA'),
      use: v.literal('sig'),
    }),
  ),
});
/** @see {@link JwksResponse} */
export type JwksResponse = v.InferOutput<typeof JwksResponse>;

/**
 * The answer of `GET /healthz`: the process is alive.
 * @example { status: 'ok' }
 */
export const HealthResponse = v.object({ status: v.literal('ok') });

/**
 * The answer of `GET /readyz`. An instance that can't reach its Redis still serves requests, but shares nothing with
 * the other instances.
 * @example { status: 'ok', redis: 'reachable' }
 */
export const ReadinessResponse = v.object({
  status: v.picklist(['ok', 'unavailable']),
  /** `refusing`: Redis does not accept the commands of the API. Missing if no Redis is configured. */
  redis: v.optional(v.picklist(['reachable', 'refusing', 'unreachable'])),
});
/** @see {@link ReadinessResponse} */
export type ReadinessResponse = v.InferOutput<typeof ReadinessResponse>;

/**
 * Every error of the API has this body.
 * @example
 * { error: 'no_session', error_description: 'Nobody is signed in.', request_id: '1f3…', retryable: false }
 */
export const ErrorResponse = v.object({
  error: v.picklist(Object.keys(ERRORS).filter(isErrorCode)),
  /** One plain sentence for developers. Contains no input and no text of the provider's. */
  error_description: v.string(),
  /** The id of this request in the API's log. Users quote it to support. */
  request_id: v.string(),
  /** Whether the same request may succeed later, although the user has done nothing. */
  retryable: v.boolean(),
});
/** @see {@link ErrorResponse} */
export type ErrorResponse = v.InferOutput<typeof ErrorResponse>;
