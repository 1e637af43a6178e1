import type { ExchangeTokenRequest, TokenResponse } from '@oneclick/shared/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, toApiError } from '../http/api-error.ts';
import { reportEvent, reportScopeChange, type Flow } from '../http/events.ts';
import type { Cookie } from '../http/sealed-cookie.ts';
import { wasNeverSent } from '../provider/never-sent-error.ts';
import type { OAuthClient } from '../provider/oauth-client.ts';
import type { TokenSet } from '../provider/token-response.ts';
import type { ExchangeOnce } from './exchange-once.ts';
import { isDenial } from './is-denial.ts';
import type { TransactionCookies, TransactionRequest } from './transaction-cookie.ts';

type SessionEnd = NonNullable<TransactionRequest['replaces']>;

/** What a sign-in needs of the sessions. `S` is a session, which this folder only passes on. */
export interface SessionStarter<S> {
  peek: (request: FastifyRequest) => SessionEnd | undefined;
  create: (tokens: TokenSet) => S;
  start: (
    reply: FastifyReply,
    options: { session: S; replaces: SessionEnd | undefined },
  ) => Promise<TokenResponse>;
  /** @throws ApiError `session_invalid` if the session has ended */
  resume: (reply: FastifyReply, session: S) => Promise<TokenResponse>;
}

/**
 * Finishes a sign-in: checks the authorization response against its transaction, exchanges the code for tokens and starts
 * the session.
 */
export type ExchangeCode = (
  request: FastifyRequest,
  reply: FastifyReply,
  options: {
    flow: Flow;
    response: ExchangeTokenRequest;
    /** Sets the `Location` of an answer that redirects. It counts towards the length of the header, as the cookies do. */
    setLocation?: (returnPath: string) => void;
  },
) => Promise<TokenResponse>;

interface ExchangeCodeOptions<S> {
  requestedScope: string;
  oauthClient: OAuthClient;
  transactions: TransactionCookies;
  exchanges: ExchangeOnce<S>;
  /** Set if the last user of this browser has signed out. */
  signedOutCookie: Cookie;
  sessions: SessionStarter<S>;
}

export function createExchangeCode<S>(options: ExchangeCodeOptions<S>): ExchangeCode {
  const { requestedScope, oauthClient, transactions, exchanges, signedOutCookie, sessions } = options;

  return async (request, reply, { flow, response, setLocation }) => {
    // `state` before `error` before `code`: without a transaction of this browser, the rest of the response is ignored.
    const key = { state: response.state, flow };
    const transaction = transactions.open(request, reply, key);
    if ('error' in response) {
      transactions.clear(reply, key);
      throw new ApiError(isDenial(response.error) ? 'authorization_denied' : 'authorization_failed');
    }

    const { redirectUri, codeVerifier, returnPath = '/' } = transaction;
    let granted: TokenSet | undefined;
    const exchanging = exchanges({ ...transaction, code: response.code }, async () => {
      granted = await oauthClient.authorizationCodeGrant({ ...response, redirectUri, codeVerifier });
      return sessions.create(granted);
    });
    // The provider accepts the code once, so the outcome must not be lost.
    request.server.finishBeforeClose(exchanging);
    const session = await exchanging.catch((error: unknown) => {
      // Keeps the cookie: the same request may be sent again, or another request has used the transaction.
      if (wasNeverSent(error) || toApiError(error).code === 'transaction_replayed') throw error;
      transactions.clear(reply, key);
      throw new ApiError(toApiError(error).code, { cause: error, isRetryable: false });
    });
    transactions.clear(reply, key);
    // The callback of the server-side flow receives no Strict cookie, so this one may exist unseen.
    if (flow === 'server-side' || signedOutCookie.isSet(request)) signedOutCookie.clear(reply);
    setLocation?.(returnPath);

    // The session cookie comes last, because it takes the space that is left in the header.
    if (!granted) {
      // Another request has exchanged the code, and its answer may be lost.
      return sessions.resume(reply, session).catch((cause: unknown) => {
        throw new ApiError('transaction_replayed', { cause });
      });
    }
    const replaces = sessions.peek(request) ?? transaction.replaces;
    const tokenResponse = await sessions.start(reply, { session, replaces });
    reportEvent(request, { event: 'sign_in_completed', flow });
    reportScopeChange(request, { requested: requestedScope, granted: granted.scope });
    return tokenResponse;
  };
}
