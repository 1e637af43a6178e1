import { createEndedSessions, type EndedSessions } from '../session/ended-sessions.ts';
import { millisecondsUntil, setCommand, type RedisConnection } from './redis-connection.ts';

const endedKey = (sessionId: string) => `ended:${sessionId}`;

export function createRedisEndedSessions({ tryRedis, onRecovery }: RedisConnection): EndedSessions {
  const endedHere = createEndedSessions();
  onRecovery(() =>
    endedHere.all().map(({ sessionId, endsAt }) => setCommand(endedKey(sessionId), '1', endsAt * 1000)),
  );

  return {
    async add(session) {
      await endedHere.add(session);
      const lifeMs = millisecondsUntil(session.endsAt * 1000);
      await tryRedis((client) => client.set(endedKey(session.sessionId), '1', 'PX', lifeMs));
    },
    async has(session) {
      if (await endedHere.has(session)) return true;
      return (await tryRedis((client) => client.exists(endedKey(session.sessionId)))) === 1;
    },
  };
}
