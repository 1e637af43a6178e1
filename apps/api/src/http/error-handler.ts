import type { IncomingMessage } from 'node:http';
import { ERRORS, type ErrorCode } from '@oneclick/shared/error-status';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError, errorResponse, toApiError } from './api-error.ts';
import type { Flow } from './events.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on the route that ends a sign-in of this flow: an error of the route is a failed sign-in. */
    endsSignIn?: Flow;
  }
}

/** Answers every error of every route, and requests without a route, in the one form of the contract. */
export const errorHandler = fp(async (app) => {
  const methodsByPath = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsByPath.set(url, [...(methodsByPath.get(url) ?? []), ...[method].flat()]);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => sendError(request, reply, error));
  app.setNotFoundHandler(async (request) => {
    if (malformedRequests.has(request.raw)) throw new ApiError('invalid_request');
    const allowed = methodsByPath.get(request.raw.url?.split('?')[0] ?? '');
    if (allowed) throw new ApiError('method_not_allowed', { headers: { allow: allowed.join(', ') } });
    throw new ApiError('not_found');
  });
});

const malformedRequests = new WeakSet<IncomingMessage>();

/**
 * For a URL that can't be decoded, Fastify runs no hook. This routes the request again, as one without a route, so that its
 * error has the headers of all others and counts for the rate limit.
 */
export function answerMalformedUrl({ raw, server }: FastifyRequest, reply: FastifyReply): void {
  malformedRequests.add(raw);
  raw.url = '/';
  server.routing(raw, reply.raw);
}

/** Answers in the form of the contract. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: Error): void {
  const { code, headers, isRetryable } = reportError(request, error);
  void reply
    .code(ERRORS[code].status)
    .headers(headers)
    .send(errorResponse(code, request.id, { isRetryable }));
}

/**
 * Logs the error for the operator and notifies the listeners.
 * @returns the part that the caller may read
 */
export function reportError(request: FastifyRequest, error: Error): ApiError {
  const apiError = toApiError(error);
  const { code } = apiError;
  const flow = request.routeOptions.config.endsSignIn;
  const event = EVENTS[code] ?? (flow && 'sign_in_failed');
  request.log[logLevelOf(code)](
    {
      err: apiError,
      code,
      req: request,
      ...(event && { event }),
      ...(event && flow && { flow }),
      ...(code === 'origin_not_allowed' && { origin: describeOrigin(request) }),
    },
    'request failed',
  );
  request.server.events.emit('error_answered', { code, event, flow, request });
  return apiError;
}

/** The `Origin` header as a browser writes one, 100 characters at most. Any other text is input and stays out of the log. */
function describeOrigin({ headers: { origin } }: FastifyRequest): string {
  if (origin === undefined || origin === 'null') return origin ?? 'none';
  return URL.parse(origin)?.origin.slice(0, 100) ?? 'malformed';
}

/** `error` asks the operator to act, `warn` is a fault of the provider or a shutdown, `info` is daily business. */
function logLevelOf(code: ErrorCode): 'error' | 'warn' | 'info' {
  if (code === 'internal_error' || code === 'provider_misconfigured') return 'error';
  return ERRORS[code].status >= 500 ? 'warn' : 'info';
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
