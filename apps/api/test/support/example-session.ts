import { randomUUID } from 'node:crypto';
import type { Session } from '../../src/session/session.ts';

/** Each call returns another session. Its token is valid for two hours. */
export function exampleSession(): Session {
  const now = Math.floor(Date.now() / 1000);
  return {
    sessionId: randomUUID(),
    tokenSetId: randomUUID(),
    refreshToken: `refresh-${randomUUID()}`,
    accessToken: `access-${randomUUID()}`,
    accessTokenExpiresAt: now + 7200,
    accessTokenSeconds: 7200,
    scope: 'profile balance',
    issuedAt: now,
    idleEndsAt: now + 604_800,
    endsAt: now + 2_592_000,
  };
}
