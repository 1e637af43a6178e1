import { FifoMap } from 'toad-cache';
import { MAX_ENDED_SESSIONS, type EndedSessions } from '../session/ended-sessions.ts';
import type { SessionEnd } from '../session/session.ts';
import { millisecondsUntil, setCommand, type RedisConnection } from './redis-connection.ts';

const endedKey = (sessionId: string) => `ended:${sessionId}`;

export function createRedisEndedSessions({ tryRedis, onRecovery }: RedisConnection): EndedSessions {
  const endedHere = new FifoMap<SessionEnd>(MAX_ENDED_SESSIONS);
  onRecovery(() =>
    [...endedHere.keys()]
      .flatMap((sessionId) => endedHere.get(sessionId) ?? [])
      .filter(({ endsAt }) => endsAt * 1000 > Date.now())
      .map(({ sessionId, endsAt }) => setCommand(endedKey(sessionId), '1', endsAt * 1000)),
  );

  return {
    async add({ sessionId, endsAt }) {
      endedHere.set(sessionId, { sessionId, endsAt });
      const lifeMs = millisecondsUntil(endsAt * 1000);
      await tryRedis((client) => client.set(endedKey(sessionId), '1', 'PX', lifeMs));
    },
    async has({ sessionId }) {
      if (endedHere.get(sessionId)) return true;
      return (await tryRedis((client) => client.exists(endedKey(sessionId)))) === 1;
    },
  };
}
