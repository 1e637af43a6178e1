import { randomUUID } from 'node:crypto';
import type { TokenResponse } from '@oneclick/shared/messages';
import { refreshMarginSeconds } from '@oneclick/shared/refresh-margin';
import * as v from 'valibot';
import type { TokenSet } from '../provider/token-response.ts';

/** The session of a signed-in user, as the session cookie seals it. Times are Unix seconds. */
export const Session = v.object({
  /** Public. Each sign-in gets a new one. */
  sessionId: v.string(),
  /** Each token set gets a new one. It identifies the refresh, even if the provider keeps the refresh token. */
  tokenSetId: v.string(),
  refreshToken: v.optional(v.string()),
  accessToken: v.optional(v.string()),
  accessTokenExpiresAt: v.number(),
  /** From the issue of the access token to its end. Missing in cookies that an earlier version has sealed. */
  accessTokenSeconds: v.optional(v.number(), 7200),
  scope: v.string(),
  /** When the cookie was sealed. */
  issuedAt: v.number(),
  /** The session ends then unless a request comes before. */
  idleEndsAt: v.number(),
  /** The session ends then in any case. */
  endsAt: v.number(),
});
export type Session = v.InferOutput<typeof Session>;

/** Which session, and until when its cookie can be opened. */
export type SessionEnd = Pick<Session, 'sessionId' | 'endsAt'>;

/** Seals often enough to move the idle end, but does not send a cookie with every answer. */
const SEALING_INTERVAL = { maxSeconds: 3600, partOfIdleTime: 0.1 };

export function startSession(tokens: TokenSet, { maxSeconds }: { maxSeconds: number }): Session {
  const now = unixNow();
  // RFC 6749 §5.1: the refresh token is optional. Without one, the session ends with the access token.
  const endsAt = now + (tokens.refreshToken ? maxSeconds : Math.min(maxSeconds, tokens.expiresInSeconds));
  return { sessionId: randomUUID(), issuedAt: now, idleEndsAt: endsAt, endsAt, ...describeTokens(tokens) };
}

/** The same session with the tokens of a refresh. */
export function continueSession(session: Session, tokens: TokenSet): Session {
  return { ...session, ...describeTokens(tokens) };
}

function describeTokens({ accessToken, refreshToken, expiresInSeconds, scope }: TokenSet) {
  return {
    tokenSetId: randomUUID(),
    accessToken,
    refreshToken,
    accessTokenExpiresAt: unixNow() + expiresInSeconds,
    accessTokenSeconds: expiresInSeconds,
    scope,
  };
}

/** Whether the access token lasts long enough for a page. One that can't be refreshed is used until its last second. */
export function hasFreshAccessToken(session: Session): boolean {
  const { accessToken, refreshToken, accessTokenSeconds } = session;
  const enough = refreshToken === undefined ? 1 : refreshMarginSeconds(accessTokenSeconds);
  return accessToken !== undefined && secondsLeft(session) >= enough;
}

export function isDueForSealing({ issuedAt, idleEndsAt }: Session): boolean {
  const { maxSeconds, partOfIdleTime } = SEALING_INTERVAL;
  return unixNow() - issuedAt > Math.min(maxSeconds, (idleEndsAt - issuedAt) * partOfIdleTime);
}

/** RFC 6749 §5.1, without the refresh token: no script may read it. */
export function toTokenResponse(session: Session): TokenResponse {
  if (session.accessToken === undefined) throw new TypeError('the session has no access token');
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

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
