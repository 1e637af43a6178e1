import type { ErrorCode } from '@oneclick/shared/error-status';
import { PATHS } from '@oneclick/shared/paths';

interface RouteDocumentation {
  operationId: string;
  summary: string;
  security?: readonly { [scheme: string]: readonly string[] }[];
  /** For an answer that is not a message of the contract. */
  success?: object;
  /**
   * The errors of this route. openapi.ts adds those that every route can answer, and those that follow from its body, its
   * query and its rate limit. Undefined: the route answers an error with a redirect.
   */
  errors?: readonly ErrorCode[];
}

const ORIGIN: ErrorCode[] = ['origin_not_allowed', 'csrf_header_missing'];
const PROVIDER: ErrorCode[] = ['provider_bad_response', 'provider_unavailable', 'provider_timeout'];
const RESOURCE: ErrorCode[] = ['invalid_token', 'insufficient_scope', ...PROVIDER];
const SESSION: ErrorCode[] = [
  'no_session',
  'session_invalid',
  'session_expired',
  'session_refused',
  'refresh_in_progress',
  'provider_misconfigured',
  ...PROVIDER,
];

/** The texts of the OpenAPI document. documented-errors.test.ts compares the errors with what the routes answer. */
export const ROUTE_DOCUMENTATION: Record<string, RouteDocumentation> = {
  [PATHS.start]: {
    operationId: 'start',
    summary: 'Creates a transaction, and returns the authorization request to send the window to.',
    security: [{ csrf: [] }],
    errors: ORIGIN,
  },
  [PATHS.exchangeToken]: {
    operationId: 'exchangeToken',
    summary: 'Finishes a sign-in with the authorization response.',
    security: [{ csrf: [], transaction: [] }],
    errors: [
      ...ORIGIN,
      'transaction_not_found',
      'transaction_replaced',
      'transaction_invalid',
      'transaction_expired',
      'authorization_denied',
      'authorization_failed',
      'code_rejected',
      'transaction_replayed',
      'provider_misconfigured',
      ...PROVIDER,
    ],
  },
  [PATHS.session]: {
    operationId: 'session',
    summary: 'Returns the access token of the session. Refreshes it only if it is about to expire.',
    security: [{ csrf: [], session: [] }],
    errors: [...ORIGIN, ...SESSION],
  },
  [PATHS.refreshToken]: {
    operationId: 'refreshToken',
    summary: 'Refreshes the access token now.',
    security: [{ csrf: [], session: [] }],
    errors: [...ORIGIN, ...SESSION],
  },
  [PATHS.logout]: {
    operationId: 'logout',
    summary: 'Ends the session. Succeeds without a session too.',
    security: [{ csrf: [] }],
    success: { 204: { description: 'Done.', type: 'null' } },
    errors: ORIGIN,
  },
  [PATHS.userinfo]: {
    operationId: 'userinfo',
    summary: 'Returns the account of the user, with the balance if the scope covers it.',
    security: [{ accessToken: [] }],
    errors: RESOURCE,
  },
  [PATHS.topup]: {
    operationId: 'topup',
    summary: 'Returns the page on which the user tops up.',
    security: [{ accessToken: [] }],
    errors: [...RESOURCE, 'unsafe_topup_url'],
  },
  [PATHS.serverSideStart]: {
    operationId: 'serverSideStart',
    summary: 'Redirects the page to the provider.',
    success: { 302: { description: 'Done.', type: 'null' } },
    errors: ['origin_not_allowed'],
  },
  [PATHS.serverSideCallback]: {
    operationId: 'serverSideCallback',
    summary:
      'Redirects from the provider to the web app, with `login=success`, or with an error code in `error`.',
    security: [{ transaction: [] }],
    success: {
      302: {
        description: 'To the web app. Also for every error, such as rate_limited and shutting_down.',
        type: 'null',
      },
    },
  },
  [PATHS.sessionUserinfo]: {
    operationId: 'sessionUserinfo',
    summary: 'Returns the account of the user by session cookie, with the balance if the scope covers it.',
    security: [{ csrf: [], session: [] }],
    errors: [...ORIGIN, ...SESSION, 'invalid_token', 'insufficient_scope'],
  },
  [PATHS.identityToken]: {
    operationId: 'identityToken',
    summary: 'Returns a short-lived JWT that tells the own servers of the app who is signed in.',
    security: [{ csrf: [], session: [] }],
    errors: [...ORIGIN, ...SESSION, 'invalid_token', 'insufficient_scope'],
  },
  [PATHS.jwks]: {
    operationId: 'jwks',
    summary: 'The public keys with which a server checks identity tokens.',
    errors: [],
  },
  [PATHS.healthz]: {
    operationId: 'healthz',
    summary: 'Whether the process is alive.',
    errors: [],
  },
  [PATHS.readyz]: {
    operationId: 'readyz',
    summary: 'Whether the process can serve. Answers 503 while a configured Redis is unreachable.',
    errors: [],
  },
  [PATHS.metrics]: {
    operationId: 'metrics',
    summary: 'Counters and durations since the start of the process, for Prometheus.',
    success: {
      200: { description: 'Prometheus text', content: { 'text/plain': { schema: { type: 'string' } } } },
    },
    errors: [],
  },
  [PATHS.openapi]: {
    operationId: 'openapi',
    summary: 'This document, generated from the schemas that validate the requests.',
    success: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
    errors: [],
  },
};
