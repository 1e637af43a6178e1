import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExchangeTokenRequest } from '@oneclick/shared/messages';
import type { Config } from './config.ts';
import { ApiError } from './errors.ts';
import type { OAuthClient } from './oauth-client.ts';
import { wasNeverSent } from './provider-fetch.ts';
import { defineCookie } from './sealed-cookie.ts';
import type { Session } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import { createTransactionCookies } from './transaction-cookie.ts';

/** A sign-in from the click to the session, whichever way it takes. */
export type SignIns = ReturnType<typeof createSignIns>;

interface SignInsOptions {
  config: Config;
  oauthClient: OAuthClient;
  sessions: Sessions;
}

const SIGNED_OUT_SECONDS = 30 * 86_400;

export function createSignIns({ config, oauthClient, sessions }: SignInsOptions) {
  const { topology, provider, sessionKeys } = config;
  const transactions = createTransactionCookies({ topology, keys: sessionKeys });
  /** Says only that this browser's user has signed out, so that the next sign-in may be another account's. */
  const signedOutCookie = defineCookie(topology.nameCookie('signed-out'), topology);

  return {
    /** Begins an attempt: where to send the user, and the state with which the answer comes back. */
    async begin(request: FastifyRequest, reply: FastifyReply): Promise<StartedSignIn> {
      const attempt = await transactions.begin(request, reply, provider.redirectUri);
      const isAfterSignOut = request.cookies[signedOutCookie.name] !== undefined;
      const authorizationUrl = await oauthClient.buildAuthorizationUrl({ ...attempt, isAfterSignOut });
      request.log.info({ event: 'sign_in_started' });
      return { authorizationUrl, state: attempt.state };
    },

    /** Ends an attempt with what the provider answered. */
    async finish(
      response: ExchangeTokenRequest,
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<Session> {
      // State before error before code: an answer to no attempt of this browser's is not looked at any further.
      const { state } = response;
      const { redirectUri, codeVerifier } = await transactions.open(request, reply, state);
      if ('error' in response) {
        transactions.clear(reply, state);
        const isDenied = response.error === 'access_denied';
        throw new ApiError(isDenied ? 'authorization_denied' : 'authorization_failed');
      }

      const tokens = await oauthClient
        .authorizationCodeGrant({ code: response.code, state, redirectUri, codeVerifier })
        .catch((error: unknown) => {
          // A code works once (RFC 6749 §4.1.2), so neither does its transaction, unless nobody has seen the code.
          if (!wasNeverSent(error)) transactions.clear(reply, state);
          throw error;
        });
      transactions.clear(reply, state);

      const session = await sessions.begin(tokens, request, reply);
      if (request.cookies[signedOutCookie.name] !== undefined) signedOutCookie.clear(reply);
      request.log.info({ event: 'sign_in_completed' });
      return session;
    },

    /** Forgets every attempt, and remembers that the user has signed out. */
    forget(request: FastifyRequest, reply: FastifyReply): void {
      transactions.clearAll(request, reply);
      signedOutCookie.set(reply, { value: '1', maxAgeSeconds: SIGNED_OUT_SECONDS });
    },
  };
}

interface StartedSignIn {
  authorizationUrl: string;
  state: string;
}
