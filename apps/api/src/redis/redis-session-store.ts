import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FifoMap } from 'toad-cache';
import { ApiError } from '../http/api-error.ts';
import {
  findLatest,
  GRACE_MS,
  MAX_ENDED_SESSIONS,
  type RefreshWork,
  type SessionStore,
} from '../session/session-store.ts';
import type { Session, SessionEnd } from '../session/session.ts';
import { createShareInFlight } from '../share-in-flight.ts';
import {
  millisecondsUntil,
  setCommand,
  type RedisCommand,
  type RedisConnection,
} from './redis-connection.ts';
import {
  openOutcome,
  refreshRecordOf,
  sealOutcome,
  type RefreshOutcome,
  type RefreshRecord,
} from './refresh-record.ts';

const POLL_MS = 100;
/** For instances that wait for the same refresh. A later request may try again. */
const REFUSAL_MS = 5000;
const MAX_OUTCOMES = 10_000;

const endedKey = ({ sessionId }: Pick<SessionEnd, 'sessionId'>) => `ended:{${sessionId}}`;
const keysOf = (session: Session, { id }: RefreshRecord) => ({
  ended: endedKey(session),
  outcome: `refresh:{${session.sessionId}}:${id}`,
  lock: `refresh-lock:{${session.sessionId}}:${id}`,
});

/**
 * One refresh among all instances. The instance with the lock refreshes; the others wait for its outcome. All keys of a
 * session have its id as hash tag, so that a cluster keeps them on one server: each script uses several of them. A refresh
 * sends one script before its request to the provider and one after it.
 */
export function createRedisSessionStore(
  { tryRedis, onRecovery }: RedisConnection,
  { providerTimeoutMs }: { providerTimeoutMs: number },
): SessionStore {
  // An instance that dies leaves its lock behind. The lock must still outlive any refresh, or two would run at once.
  const lockMs = 2 * providerTimeoutMs;
  const waitMs = providerTimeoutMs + 2000;

  const shareInFlight = createShareInFlight<Session>();
  const endedHere = new FifoMap<SessionEnd>(MAX_ENDED_SESSIONS);
  /** The owner of each lock. */
  const locksHere = new Map<string, string>();
  /** Only those of this instance: the outcome of another one must not outlive the 30 seconds that it has in Redis. */
  const outcomesHere = new FifoMap<PublishedOutcome>(MAX_OUTCOMES, GRACE_MS);
  onRecovery(() => [
    ...[...endedHere.keys()]
      .flatMap((sessionId) => endedHere.get(sessionId) ?? [])
      .filter(({ endsAt }) => endsAt * 1000 > Date.now())
      .map((session) => setCommand(endedKey(session), '1', session.endsAt * 1000)),
    ...[...outcomesHere.keys()]
      .flatMap((key) => outcomesHere.get(key) ?? [])
      .map(({ key, sealed, endsAtMs }) => setCommand(key, sealed, endsAtMs)),
    // Unless another instance has locked it meanwhile.
    ...[...locksHere].map(([key, owner]): RedisCommand => [
      ...setCommand(key, owner, Date.now() + lockMs),
      'NX',
    ]),
  ]);

  async function refreshAmongInstances(
    session: Session,
    record: RefreshRecord,
    work: RefreshWork,
  ): Promise<Session> {
    const keys = keysOf(session, record);
    const owner = randomUUID();
    const deadline = performance.now() + waitMs;
    for (let isAnotherRefreshing = false; ; isAnotherRefreshing = true) {
      const successor = outcomesHere.get(keys.outcome)?.successor;
      if (successor) return findLatest(store, successor);
      if (endedHere.get(session.sessionId)) throw new ApiError('session_invalid');
      const found = await tryRedis((client) =>
        client.eval(FIND_OR_LOCK, 3, keys.ended, keys.outcome, keys.lock, owner, lockMs),
      );
      if (found === 'ended') throw new ApiError('session_invalid');
      const outcome = openOrIgnore(record, found);
      if (outcome) return findLatest(store, toSession(outcome));
      if (found !== 'busy' && (found !== undefined || !isAnotherRefreshing)) {
        return refreshAndPublish({ session, record, owner, work });
      }
      // Without Redis the other instance can't publish its outcome, and using the token twice could end the session.
      if (found === undefined || performance.now() >= deadline) {
        throw new ApiError('refresh_in_progress', { headers: { 'retry-after': '1' } });
      }
      await delay(POLL_MS);
    }
  }

  async function refreshAndPublish({ session, record, owner, work }: LockedRefresh): Promise<Session> {
    const keys = keysOf(session, record);
    locksHere.set(keys.lock, owner);

    /** Stores the outcome, releases the lock and looks for a sign-out, in one step. */
    async function finish({ sealed = '', lifeMs = 0, mayReplace = true }: FinishOptions) {
      locksHere.delete(keys.lock);
      const reply = await tryRedis((client) => {
        const args = [owner, sealed, lifeMs, mayReplace ? 1 : 0];
        return client.eval(FINISH, 3, keys.ended, keys.outcome, keys.lock, ...args);
      });
      const [ended, agreed] = Array.isArray(reply) ? reply : [];
      const hasEnded = ended === 1 || endedHere.get(session.sessionId) !== undefined;
      return { hasEnded, agreed: openOrIgnore(record, agreed) };
    }

    let successor: Session;
    try {
      successor = await work.refresh();
    } catch (error) {
      const isRefused = error instanceof ApiError && error.code === 'session_expired';
      // The provider also refuses a token if another instance has refreshed with it: this instance may have been
      // suspended until its lock expired. Then the outcome of the other instance counts.
      const refusal = {
        sealed: sealOutcome(record, { status: 'refused' }),
        lifeMs: REFUSAL_MS,
        mayReplace: false,
      };
      const { hasEnded, agreed } = await finish(isRefused ? refusal : {});
      if (hasEnded) throw new ApiError('session_invalid', { cause: error });
      if (!isRefused) throw error;
      // Another instance may have refreshed the session, so the browser keeps its cookie.
      if (!agreed) throw new ApiError('session_refused', { cause: error });
      return findLatest(store, toSession(agreed));
    }
    // Publish before anyone is answered: if the answer is lost, any instance can give it again.
    const sealed = sealOutcome(record, { status: 'refreshed', session: successor });
    outcomesHere.set(keys.outcome, { key: keys.outcome, sealed, successor, endsAtMs: Date.now() + GRACE_MS });
    const { hasEnded } = await finish({ sealed, lifeMs: GRACE_MS });
    if (!hasEnded) return successor;
    await work.discard(successor);
    throw new ApiError('session_invalid');
  }

  const store: SessionStore = {
    refreshOnce: (session, work) =>
      shareInFlight(session.tokenSetId, () => {
        const record = refreshRecordOf(session);
        if (!record) throw new TypeError('the session has no refresh token');
        return refreshAmongInstances(session, record, work);
      }),

    async find(session) {
      const record = refreshRecordOf(session);
      const outcomeKey = record && keysOf(session, record).outcome;
      const [ended, sealed] =
        (await tryRedis((client) => client.mget(endedKey(session), ...(outcomeKey ? [outcomeKey] : [])))) ??
        [];
      const outcome = record && openOrIgnore(record, sealed);
      const successorHere = outcomeKey === undefined ? undefined : outcomesHere.get(outcomeKey)?.successor;
      return {
        successor: successorHere ?? (outcome?.status === 'refreshed' ? outcome.session : undefined),
        hasEnded: typeof ended === 'string' || endedHere.get(session.sessionId) !== undefined,
      };
    },

    async end({ sessionId, endsAt }) {
      endedHere.set(sessionId, { sessionId, endsAt });
      const lifeMs = millisecondsUntil(endsAt * 1000);
      await tryRedis((client) => client.set(endedKey({ sessionId }), '1', 'PX', lifeMs));
    },
  };
  return store;
}

interface PublishedOutcome {
  key: string;
  sealed: string;
  successor: Session;
  endsAtMs: number;
}

interface LockedRefresh {
  session: Session;
  record: RefreshRecord;
  owner: string;
  work: RefreshWork;
}

interface FinishOptions {
  sealed?: string;
  lifeMs?: number;
  /** Whether the outcome replaces one of another instance. */
  mayReplace?: boolean;
}

/** A foreign value is ignored, as if it were not there. */
function openOrIgnore(record: RefreshRecord, sealed: unknown): RefreshOutcome | undefined {
  try {
    return typeof sealed === 'string' && sealed !== '' ? openOutcome(record, sealed) : undefined;
  } catch {
    return undefined;
  }
}

function toSession(outcome: RefreshOutcome): Session {
  if (outcome.status === 'refused') throw new ApiError('session_expired');
  return outcome.session;
}

const FIND_OR_LOCK = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 'ended' end
local outcome = redis.call('GET', KEYS[2])
if outcome then return outcome end
if redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'locked' end
return 'busy'`;

const FINISH = `
if ARGV[2] ~= '' and (ARGV[4] == '1' or redis.call('EXISTS', KEYS[2]) == 0) then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
end
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
return {redis.call('EXISTS', KEYS[1]), redis.call('GET', KEYS[2]) or ''}`;
