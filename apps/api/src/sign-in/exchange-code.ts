import type { ExchangeTokenRequest, TokenResponse } from '@oneclick/shared/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import { reportEvent, reportScopeChange, type Flow } from '../http/events.ts';
import type { Cookie } from '../http/sealed-cookie.ts';
import { wasNeverSent } from '../provider/never-sent-error.ts';
import type { OAuthClient } from '../provider/oauth-client.ts';
import type { TokenSet } from '../provider/token-response.ts';
import type { TransactionCookies } from './transaction-cookie.ts';
import type { UsedTransactions } from './used-transactions.ts';

interface SessionEnd {
  sessionId: string;
  endsAt: number;
}

/** What a sign-in needs of the sessions. */
export interface SessionStarter {
  peek: (request: FastifyRequest) => SessionEnd | undefined;
  start: (
    reply: FastifyReply,
    options: { tokens: TokenSet; replaces: SessionEnd | undefined },
  ) => Promise<TokenResponse>;
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

interface ExchangeCodeOptions {
  requestedScope: string;
  oauthClient: OAuthClient;
  transactions: TransactionCookies;
  usedTransactions: UsedTransactions;
  /** Set if the last user of this browser has signed out. */
  signedOutCookie: Cookie;
  sessions: SessionStarter;
}

export function createExchangeCode(options: ExchangeCodeOptions): ExchangeCode {
  const { requestedScope, oauthClient, transactions, usedTransactions, signedOutCookie, sessions } = options;

  return async (request, reply, { flow, response, setLocation }) => {
    // `state` before `error` before `code`: without a transaction of this browser, the rest of the response is ignored.
    const key = { state: response.state, flow };
    const transaction = transactions.open(request, reply, key);
    if ('error' in response) {
      transactions.clear(reply, key);
      const isDenied = response.error === 'access_denied';
      throw new ApiError(isDenied ? 'authorization_denied' : 'authorization_failed');
    }

    // Keeps the cookie: the request that has claimed the transaction may have to be sent again.
    if (!(await usedTransactions.claim(transaction))) throw new ApiError('transaction_replayed');
    const { redirectUri, codeVerifier, returnPath = '/' } = transaction;
    const tokens = await oauthClient
      .authorizationCodeGrant({ ...response, redirectUri, codeVerifier })
      .catch(async (error: unknown) => {
        // RFC 6749 §4.1.2: a code works once, so its transaction ends too, unless the provider has never seen the code.
        if (wasNeverSent(error)) await usedTransactions.release(transaction);
        else transactions.clear(reply, key);
        throw error;
      });
    transactions.clear(reply, key);
    // The callback of the server-side flow receives no Strict cookie, so this one may exist unseen.
    if (flow === 'server-side' || signedOutCookie.isSet(request)) signedOutCookie.clear(reply);
    setLocation?.(returnPath);

    // The session cookie comes last, because it takes the space that is left in the header.
    const replaces = sessions.peek(request) ?? transaction.replaces;
    const tokenResponse = await sessions.start(reply, { tokens, replaces });
    reportEvent(request, { event: 'sign_in_completed', flow });
    reportScopeChange(request, { requested: requestedScope, granted: tokens.scope });
    return tokenResponse;
  };
}
