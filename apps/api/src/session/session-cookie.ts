import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenResponse } from '@oneclick/shared/messages';
import { REFRESH_BEFORE_END_SECONDS } from '@oneclick/shared/refresh-before-end';
import * as v from 'valibot';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import type { TokenSet } from '../provider/oauth-client.ts';
import { createSealer, defineCookie } from '../http/sealed-cookie.ts';

/** Who is signed in, and with what. Times are Unix seconds. */
export const Session = v.object({
  /** Public. New with every sign-in. */
  sessionId: v.string(),
  /** New with every token set: names the refresh that replaces it, also where the refresh token stays the same. */
  tokenSetId: v.string(),
  refreshToken: v.optional(v.string()),
  accessToken: v.optional(v.string()),
  accessTokenExpiresAt: v.number(),
  scope: v.string(),
  /** When this cookie was sealed. */
  issuedAt: v.number(),
  /** Without a request until then, it has ended. */
  idleEndsAt: v.number(),
  /** It has ended then, whatever happens. */
  endsAt: v.number(),
});
export type Session = v.InferOutput<typeof Session>;

/** Often enough to move the idle end, rarely enough not to send a cookie with every answer. */
const SEALING_INTERVAL = { maxSeconds: 3600, partOfIdleTime: 0.1 };

export function createSessionCookie(config: Config) {
  const cookie = defineCookie(config.topology.nameCookie('session'), config.topology);
  const sealer = createSealer({ keys: config.sessionKeys, purpose: 'session', schema: Session });

  /** @throws ApiError, after clearing a cookie that can never be of use again */
  async function open(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
    const opened = await sealer.open(cookie, request);
    if (opened.status === 'absent') throw new ApiError('no_session');
    // A newer deployment may have sealed it. Clearing it would sign users out while instances are replaced.
    if (opened.status === 'unknown_key') throw new ApiError('session_invalid');
    if (opened.status === 'invalid') {
      cookie.clear(reply);
      throw new ApiError('session_invalid');
    }
    if (Math.min(opened.payload.idleEndsAt, opened.payload.endsAt) <= unixNow()) {
      cookie.clear(reply);
      throw new ApiError('session_expired');
    }
    return opened.payload;
  }

  /** Seals the session anew, which moves its idle end. */
  async function write(reply: FastifyReply, session: Session): Promise<void> {
    const now = unixNow();
    const idleEndsAt = Math.min(now + config.sessionIdleSeconds, session.endsAt);
    const sealed: Session = { ...session, issuedAt: now, idleEndsAt };
    const { accessToken: _, ...withoutAccessToken } = sealed;
    const value =
      (await sealer.seal(cookie, sealed)) ??
      // The access token can be had again for the refresh token, at the price of a request for each reload.
      (session.refreshToken ? await sealer.seal(cookie, withoutAccessToken) : undefined);
    if (!value) throw new ApiError('provider_bad_response', { cause: { name: 'TokensTooLongForCookie' } });
    cookie.set(reply, { value, maxAgeSeconds: idleEndsAt - now });
  }

  return {
    open,
    write,
    clear: cookie.clear,
    isPresent: ({ cookies }: FastifyRequest): boolean => cookies[cookie.name] !== undefined,
    /** For whoever only wants to know: undefined if there is none, or none that can be read. */
    async peek(request: FastifyRequest): Promise<Session | undefined> {
      const opened = await sealer.open(cookie, request);
      return opened.status === 'ok' ? opened.payload : undefined;
    },
  };
}

export function beginSession(tokens: TokenSet, { sessionMaxSeconds }: Config): Session {
  const now = unixNow();
  // Without a refresh token (RFC 6749 §5.1: optional) there is no session beyond the access token.
  const maxSeconds = tokens.refreshToken
    ? sessionMaxSeconds
    : Math.min(sessionMaxSeconds, tokens.expiresInSeconds);
  const endsAt = now + maxSeconds;
  return { sessionId: randomUUID(), issuedAt: now, idleEndsAt: endsAt, endsAt, ...describeTokens(tokens) };
}

/** The same session with the tokens of a refresh. */
export function continueSession(session: Session, tokens: TokenSet): Session {
  return { ...session, ...describeTokens(tokens) };
}

function describeTokens({ accessToken, refreshToken, expiresInSeconds, scope }: TokenSet) {
  const accessTokenExpiresAt = unixNow() + expiresInSeconds;
  return { tokenSetId: randomUUID(), accessToken, refreshToken, accessTokenExpiresAt, scope };
}

/** Whether a page can work with the access token it has, or, where it can't be replaced, with what is left of it. */
export function hasFreshAccessToken(session: Session): session is Session & { accessToken: string } {
  const enough = session.refreshToken === undefined ? 1 : REFRESH_BEFORE_END_SECONDS;
  return session.accessToken !== undefined && secondsLeft(session) >= enough;
}

export function isDueForSealing({ issuedAt, idleEndsAt }: Session): boolean {
  const { maxSeconds, partOfIdleTime } = SEALING_INTERVAL;
  return unixNow() - issuedAt > Math.min(maxSeconds, (idleEndsAt - issuedAt) * partOfIdleTime);
}

/** RFC 6749 §5.1 without the refresh token, which no script may see. */
export function toTokenResponse(session: Session): TokenResponse {
  if (session.accessToken === undefined)
    throw new TypeError('A session without its access token has to be refreshed');
  return {
    access_token: session.accessToken,
    token_type: 'Bearer',
    expires_in: secondsLeft(session),
    scope: session.scope,
    session_id: session.sessionId,
  };
}

function secondsLeft({ accessTokenExpiresAt }: Session): number {
  return Math.max(0, accessTokenExpiresAt - unixNow());
}

function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
