import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import type { Session } from '../session/session-cookie.ts';
import { createExpiringMap } from '../session/expiring-map.ts';
import type { MemoryState } from '../session/memory-state.ts';
import { withCode, type RedisConnection } from './redis-connection.ts';
import {
  openOutcome,
  refreshRecordOf,
  sealOutcome,
  type RefreshOutcome,
  type RefreshRecord,
} from './refresh-record.ts';
import { GRACE_MS, type SharedState } from '../session/shared-state.ts';

interface RedisStateOptions {
  redis: RedisConnection;
  /** Asked first, and alone while Redis is away. */
  memory: MemoryState;
  /** The longest that a refresh can take. */
  providerTimeoutMs: number;
  log: FastifyBaseLogger;
}

const POLL_MS = 100;
/** After Redis has refused something: it is full, say, or can't save. */
const CATCH_UP_DELAY_MS = 2000;
/** For those who have waited for the same answer. Whoever comes later may ask again. */
const REFUSAL_MS = 5000;
const MAX_KEPT = 10_000;
const COMMANDS_AT_ONCE = 1000;

const endedKey = (sessionId: string) => `ended:${sessionId}`;
const usedKey = (jti: string) => `used:${jti}`;
const outcomeKey = ({ id }: RefreshRecord) => `refresh:${id}`;
const lockKey = ({ id }: RefreshRecord) => `refresh-lock:${id}`;

/**
 * Of all instances with the same Redis. Nobody's sign-in or refresh fails because Redis does: each instance then
 * goes on by itself, and tells Redis what it has missed when it is back, maybe with nothing in it.
 */
export function createRedisState({ redis, memory, providerTimeoutMs, log }: RedisStateOptions): SharedState {
  const { client } = redis;
  // An instance that dies leaves its lock behind. Yet it must outlive any refresh, or two would be under way.
  const lockMs = 2 * providerTimeoutMs;
  const waitMs = providerTimeoutMs + 2000;

  /** Who holds it, by lock. */
  const locksHeld = new Map<string, string>();
  const outcomesHere = createExpiringMap<string>(MAX_KEPT);
  const claimedHere = createExpiringMap<true>(MAX_KEPT);

  client.on('ready', () => void attempt(catchUp));
  let catchingUpLater: NodeJS.Timeout | undefined;
  client.on('end', () => clearTimeout(catchingUpLater));

  /** @returns undefined if there is no Redis to ask, which the connection has told the log */
  async function attempt<T>(ask: () => Promise<T>): Promise<T | undefined> {
    if (!redis.isReachable()) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (redis.isReachable()) {
        log.warn({ err: withCode(error) }, 'Redis did not do what it was asked');
        catchUpLater();
      }
      return undefined;
    }
  }

  /** A Redis that is there but takes nothing gives no sign when it takes something again. */
  function catchUpLater(): void {
    catchingUpLater ??= setTimeout(() => {
      catchingUpLater = undefined;
      void attempt(catchUp);
    }, CATCH_UP_DELAY_MS).unref();
  }

  async function catchUp(): Promise<void> {
    const now = Date.now();
    const commands = [
      ...memory.endedSessions().map(({ sessionId, endsAt }) => set(endedKey(sessionId), '1', endsAt - now)),
      ...outcomesHere.entries().map(([key, sealed, endsAt]) => set(key, sealed, endsAt - now)),
      // Unless another instance was first.
      ...[...locksHeld].map(([key, holder]) => [...set(key, holder, lockMs), 'NX']),
    ];
    for (let i = 0; i < commands.length; i += COMMANDS_AT_ONCE) {
      const results = await client.pipeline(commands.slice(i, i + COMMANDS_AT_ONCE)).exec();
      for (const [error] of results ?? []) if (error) throw error;
    }
  }

  async function refreshAmongInstances(session: Session, refresh: () => Promise<Session>): Promise<Session> {
    const record = refreshRecordOf(session);
    if (!record) return refresh(); // It fails without asking anybody.
    const holder = randomUUID();
    const deadline = performance.now() + waitMs;
    for (let isSomebodyElseAtIt = false; ; isSomebodyElseAtIt = true) {
      const found = await attempt(() => findOutcomeOrLock(record, holder));
      if (typeof found === 'object') return toSession(found);
      if (found === 'locked' || (found === undefined && !isSomebodyElseAtIt)) {
        return refreshAndPublish({ session, refresh, record, holder });
      }
      // With Redis gone, their result won't get here, and using the token beside them could end the session.
      if (found === undefined || performance.now() >= deadline) {
        throw new ApiError('refresh_in_progress', { headers: { 'retry-after': '1' } });
      }
      await delay(POLL_MS);
    }
  }

  async function findOutcomeOrLock(
    record: RefreshRecord,
    holder: string,
  ): Promise<RefreshOutcome | 'locked' | 'busy'> {
    const found = await client.eval(FIND_OR_LOCK, 2, outcomeKey(record), lockKey(record), holder, lockMs);
    if (found === 'locked' || found === 'busy') return found;
    return openOutcome(record, String(found));
  }

  async function refreshAndPublish({ session, refresh, record, holder }: LockedRefresh): Promise<Session> {
    locksHeld.set(lockKey(record), holder);
    try {
      const successor = await refresh();
      memory.keepSuccessor(session, successor);
      // Before anybody is answered: an answer that gets lost can be had again from any instance.
      const sealed = await sealOutcome(record, { status: 'refreshed', session: successor });
      outcomesHere.set(outcomeKey(record), sealed, Date.now() + GRACE_MS);
      await attempt(() => client.set(outcomeKey(record), sealed, 'PX', GRACE_MS));
      return successor;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'session_expired')) throw error;
      return toSession(await agreeOnRefusal(record, error));
    } finally {
      locksHeld.delete(lockKey(record));
      await attempt(() => client.eval(RELEASE, 1, lockKey(record), holder));
    }
  }

  /**
   * The provider refuses a token also because another instance was faster: one that was thought dead, say, and
   * had only been asleep. Then that one's result stands.
   */
  async function agreeOnRefusal(record: RefreshRecord, refusal: ApiError): Promise<RefreshOutcome> {
    const sealed = await sealOutcome(record, { status: 'refused' });
    const standing = await attempt(async () => {
      const found = await client.eval(PUBLISH_REFUSAL, 1, outcomeKey(record), sealed, REFUSAL_MS);
      return openOutcome(record, String(found));
    });
    // Nobody knows whether there is one, so the cookie, which may be the winner's by now, has to stay.
    if (!standing) throw new ApiError('session_refused', { cause: refusal });
    return standing;
  }

  return {
    async refreshOnce(session, refresh) {
      return (
        (await memory.findSuccessor(session)) ??
        memory.shareRefresh(session, () => refreshAmongInstances(session, refresh))
      );
    },

    async findSuccessor(session) {
      const known = await memory.findSuccessor(session);
      const record = refreshRecordOf(session);
      if (known || !record) return known;
      const outcome = await attempt(async () => {
        const sealed = await client.get(outcomeKey(record));
        return sealed === null ? undefined : openOutcome(record, sealed);
      });
      return outcome?.status === 'refreshed' ? outcome.session : undefined;
    },

    async endSession(session) {
      await memory.endSession(session);
      await attempt(() =>
        client.set(endedKey(session.sessionId), '1', 'PX', millisecondsUntil(session.endsAt)),
      );
    },

    async isEnded(session) {
      if (await memory.isEnded(session)) return true;
      return (await attempt(() => client.exists(endedKey(session.sessionId)))) === 1;
    },

    async claimTransaction({ jti, expiresAt }) {
      if (claimedHere.get(jti)) return false;
      claimedHere.set(jti, true, expiresAt * 1000);
      const claimed = await attempt(() =>
        client.set(usedKey(jti), '1', 'PX', millisecondsUntil(expiresAt), 'NX'),
      );
      return claimed !== null;
    },

    async releaseTransaction({ jti }) {
      claimedHere.delete(jti);
      await attempt(() => client.del(usedKey(jti)));
    },
  };
}

interface LockedRefresh {
  session: Session;
  refresh: () => Promise<Session>;
  record: RefreshRecord;
  /** Whose lock it is, so that nobody releases another's. */
  holder: string;
}

function toSession(outcome: RefreshOutcome): Session {
  if (outcome.status === 'refused') throw new ApiError('session_expired');
  return outcome.session;
}

function set(key: string, value: string, lifeMs: number): [string, ...(string | number)[]] {
  return ['set', key, value, 'PX', Math.max(1, lifeMs)];
}

/** Redis refuses to keep anything for no time at all. */
function millisecondsUntil(unixSeconds: number): number {
  return Math.max(1, unixSeconds * 1000 - Date.now());
}

const FIND_OR_LOCK = `
local outcome = redis.call('GET', KEYS[1])
if outcome then return outcome end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'locked' end
return 'busy'`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const PUBLISH_REFUSAL = `
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return redis.call('GET', KEYS[1])`;
