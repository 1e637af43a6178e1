import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExchangeTokenRequest } from '@oneclick/shared/messages';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { OAuthClient } from '../provider/oauth-client.ts';
import type { OpenTransactions } from './open-transactions.ts';
import { wasNeverSent } from '../provider/never-sent-error.ts';
import { scopeChanges } from '../provider/scope-change.ts';
import { defineCookie } from '../http/sealed-cookie.ts';
import type { Session } from '../session/session-cookie.ts';
import type { SharedState } from '../session/shared-state.ts';
import type { Sessions } from '../session/sessions.ts';
import { createTransactionCookies, type Beginning, type Flow } from './transaction-cookie.ts';

/** A sign-in from the click to the session, whichever way it takes. */
export type SignIns = ReturnType<typeof createSignIns>;

interface SignInsOptions {
  config: Config;
  oauthClient: OAuthClient;
  sharedState: SharedState;
  sessions: Sessions;
  metrics: Metrics;
  openTransactions: OpenTransactions;
}

const SIGNED_OUT_SECONDS = 30 * 86_400;

export function createSignIns(options: SignInsOptions) {
  const { config, oauthClient, sharedState, sessions, metrics, openTransactions } = options;
  const { topology, provider, sessionKeys } = config;
  const transactions = createTransactionCookies({ topology, keys: sessionKeys });
  /** Says only that this browser's user has signed out, so that the next sign-in may be another account's. */
  const signedOutCookie = defineCookie(topology.nameCookie('signed-out'), topology);

  const hasSignedOut = ({ cookies }: FastifyRequest) => cookies[signedOutCookie.name] !== undefined;

  async function begin(
    beginning: Beginning,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StartedSignIn> {
    const attempt = await transactions.begin(request, reply, beginning);
    const authorizationUrl = oauthClient.buildAuthorizationUrl({
      ...attempt,
      redirectUri: beginning.redirectUri,
      isAfterSignOut: hasSignedOut(request),
    });
    openTransactions.begun(attempt.state);
    metrics.signInsStarted.inc({ flow: beginning.flow });
    request.log.info({ event: 'sign_in_started', flow: beginning.flow });
    return { authorizationUrl, state: attempt.state };
  }

  return {
    /** Begins an attempt of the popup: where to send it, and the state with which the answer comes back. */
    async begin(request: FastifyRequest, reply: FastifyReply): Promise<StartedSignIn> {
      return begin({ flow: 'popup', redirectUri: provider.redirectUri }, request, reply);
    },

    /** Begins an attempt of the server-side flow, which ends at a path of the web origin. */
    async beginRedirect(
      { redirectUri, returnPath }: { redirectUri: string; returnPath: string },
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<StartedSignIn> {
      const replaced = await sessions.peek(request);
      const replaces = replaced && { sessionId: replaced.sessionId, endsAt: replaced.endsAt };
      return begin({ flow: 'redirect', redirectUri, returnPath, replaces }, request, reply);
    },

    /** Ends an attempt with what the provider answered. */
    async finish(
      { flow, response }: { flow: Flow; response: ExchangeTokenRequest },
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<{ session: Session; returnPath: string }> {
      // State before error before code: an answer to no attempt of this browser's is not looked at any further.
      const attempt = { state: response.state, flow };
      const transaction = await transactions.open(request, reply, attempt);
      const end = () => {
        transactions.clear(reply, attempt);
        openTransactions.ended(attempt.state);
      };
      if ('error' in response) {
        end();
        const isDenied = response.error === 'access_denied';
        throw new ApiError(isDenied ? 'authorization_denied' : 'authorization_failed');
      }

      // Whoever was first may yet have to try again, with the same cookie.
      if (!(await sharedState.claimTransaction(transaction))) throw new ApiError('transaction_replayed');
      const { redirectUri, codeVerifier, returnPath = '/' } = transaction;
      const tokens = await oauthClient
        .authorizationCodeGrant({ ...response, redirectUri, codeVerifier })
        .catch(async (error: unknown) => {
          // A code works once (RFC 6749 §4.1.2), so neither does its transaction, unless nobody has seen the code.
          if (wasNeverSent(error)) await sharedState.releaseTransaction(transaction);
          else end();
          throw error;
        });
      end();

      const replaces = (await sessions.peek(request)) ?? transaction.replaces;
      const session = await sessions.begin(tokens, { replaces, reply });
      // Where the provider sent the browser here, its Strict cookies did not come along: there may be one.
      if (flow === 'redirect' || hasSignedOut(request)) signedOutCookie.clear(reply);
      metrics.signInsCompleted.inc({ flow });
      request.log.info({ event: 'sign_in_completed', flow });
      for (const event of scopeChanges({ requested: provider.scope, granted: tokens.scope })) {
        request.log.info({ event });
      }
      return { session, returnPath };
    },

    /** Forgets every attempt, and remembers that the user has signed out. */
    async forget(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      await transactions.clearAll(request, reply);
      signedOutCookie.set(reply, { value: '1', maxAgeSeconds: SIGNED_OUT_SECONDS });
    },
  };
}

interface StartedSignIn {
  authorizationUrl: string;
  state: string;
}
