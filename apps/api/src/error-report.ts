import { ERRORS, type ErrorCode } from '@oneclick/shared/errors';
import type { FastifyRequest } from 'fastify';
import { toApiError, type ApiError } from './errors.ts';
import { routeOf } from './logging.ts';

/** Turns whatever was thrown into a line for the operator. @returns what the caller may know of it */
export type ErrorReport = (error: Error, request: FastifyRequest) => ApiError;

export function createErrorReport(): ErrorReport {
  return (error, request) => {
    const apiError = toApiError(error);
    const { code } = apiError;
    request.log[logLevelOf(code)](
      { err: apiError, code, req: request, ...eventOf(code, request) },
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

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the log calls it when this route fails. */
    failureEvent?: string;
  }
}

function eventOf(code: ErrorCode, request: FastifyRequest): { event?: string } {
  if (code === 'origin_not_allowed' || code === 'csrf_header_missing') return { event: 'request_refused' };
  const { failureEvent } = routeOf(request)?.config ?? {};
  if (failureEvent) return { event: failureEvent };
  return code === 'session_expired' ? { event: 'session_ended' } : {};
}
