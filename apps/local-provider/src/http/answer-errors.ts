import { errors } from 'oidc-provider';
import { errorPage, sendPage } from '../pages/pages.ts';
import { logFault } from './log-fault.ts';
import { sendJson, type Middleware } from './middleware.ts';
import { UnreadableBody } from './request-body.ts';

/** Answers the errors of our own routes: JSON below /api, a page elsewhere. */
export const answerErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return sendPage(ctx, 400, errorPage('expired'));
    const isUnreadable = error instanceof UnreadableBody;
    if (!isUnreadable) logFault(error instanceof Error ? error : new Error('not an Error'));
    const status = isUnreadable ? error.status : 500;
    if (ctx.path.startsWith('/api/')) {
      return sendJson(ctx, status, { error: isUnreadable ? 'invalid_request' : 'server_error' });
    }
    sendPage(ctx, status, errorPage(isUnreadable ? 'badRequest' : 'fault'));
  }
};
