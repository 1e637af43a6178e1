import { ERRORS, type ErrorCode } from '@oneclick/shared/errors';
import type { FastifyRequest } from 'fastify';
import { toApiError, type ApiError } from './api-error.ts';
import { routeOf } from './logging.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Flow } from '../sign-in/transaction-cookie.ts';

/** Turns whatever was thrown into a line and a count for the operator. @returns what the caller may know of it */
export type ErrorReport = (error: Error, request: FastifyRequest) => ApiError;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set where an attempt to sign in ends: if the request fails, the sign-in has. */
    endsSignIn?: Flow;
  }
}

export function createErrorReport(metrics: Metrics): ErrorReport {
  return (error, request) => {
    const apiError = toApiError(error);
    const { code } = apiError;
    const { endsSignIn: flow } = routeOf(request)?.config ?? {};
    const event = eventOf(code, flow);

    metrics.errors.inc({ code });
    if (flow && event === 'sign_in_denied') metrics.signInsDenied.inc({ flow });
    if (flow && event === 'sign_in_failed') metrics.signInsFailed.inc({ flow, code });
    request.log[logLevelOf(code)](
      { err: apiError, code, req: request, ...(event && { event }), ...(event && flow && { flow }) },
      'request failed',
    );
    return apiError;
  };
}

/** Errors are for the operator to act upon, warnings are the provider's troubles, the rest is daily business. */
function logLevelOf(code: ErrorCode): 'error' | 'warn' | 'info' {
  if (code === 'internal_error' || code === 'provider_misconfigured') return 'error';
  return ERRORS[code].status >= 500 ? 'warn' : 'info';
}

function eventOf(code: ErrorCode, flow: Flow | undefined): string | undefined {
  return EVENTS[code] ?? (flow && 'sign_in_failed');
}

const EVENTS: Partial<Record<ErrorCode, string>> = {
  origin_not_allowed: 'request_refused',
  csrf_header_missing: 'request_refused',
  rate_limited: 'rate_limited',
  authorization_denied: 'sign_in_denied',
  session_expired: 'session_ended',
  session_invalid: 'session_invalid',
  session_refused: 'session_refused',
};
