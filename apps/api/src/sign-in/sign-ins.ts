import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { reportEvent } from '../http/events.ts';
import { defineCookie } from '../http/sealed-cookie.ts';
import type { OAuthClient } from '../provider/oauth-client.ts';
import { createExchangeCode, type ExchangeCode, type SessionStarter } from './exchange-code.ts';
import type { ExchangeOnce } from './exchange-once.ts';
import { createTransactionCookies, type TransactionRequest } from './transaction-cookie.ts';

/** A sign-in, from the transaction to the session. */
export interface SignIns {
  /**
   * Creates a transaction. `setLocation` is called before further cookies are set or cleared: the `Location` of an answer
   * that redirects counts towards the length of its header.
   * @returns the authorization request to send the user to, and the `state` that the response will contain
   */
  prepare: (
    request: FastifyRequest,
    reply: FastifyReply,
    options: { transaction: TransactionRequest; setLocation?: (authorizationUrl: string) => void },
  ) => { authorizationUrl: string; state: string };
  exchangeCode: ExchangeCode;
  /** The id of the newest pending transaction of the browser. Undefined if it has none. */
  findPending: (request: FastifyRequest) => string | undefined;
  /** Ends all pending transactions of this browser. The next sign-in lets the user choose another account. */
  forget: (request: FastifyRequest, reply: FastifyReply) => void;
}

interface SignInsOptions<S> {
  config: Config;
  oauthClient: OAuthClient;
  exchanges: ExchangeOnce<S>;
  sessions: SessionStarter<S>;
}

/** How long a browser remembers that its user has signed out. */
const SIGNED_OUT_SECONDS = 30 * 86_400;

export function createSignIns<S>(options: SignInsOptions<S>): SignIns {
  const { config, oauthClient } = options;
  const transactions = createTransactionCookies(config);
  const signedOutCookie = defineCookie(config.topology.nameCookie('signed-out'), config.topology);

  return {
    prepare(request, reply, { transaction, setLocation }) {
      const { state, codeVerifier, clearOldest } = transactions.create(request, reply, transaction);
      const authorizationUrl = oauthClient.buildAuthorizationUrl({
        state,
        codeVerifier,
        redirectUri: transaction.redirectUri,
        isAfterSignOut: signedOutCookie.isSet(request),
      });
      setLocation?.(authorizationUrl);
      clearOldest();
      reportEvent(request, { event: 'sign_in_prepared', flow: transaction.flow });
      return { authorizationUrl, state };
    },

    exchangeCode: createExchangeCode({
      ...options,
      requestedScope: config.provider.scope,
      transactions,
      signedOutCookie,
    }),

    findPending: transactions.findNewest,

    forget(request, reply) {
      signedOutCookie.set(reply, { value: '1', maxAgeSeconds: SIGNED_OUT_SECONDS });
      transactions.clearAll(request, reply);
    },
  };
}
