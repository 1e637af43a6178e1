import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FifoMap } from 'toad-cache';
import { ApiError } from '../http/api-error.ts';
import { GRACE_MS, type RefreshOnce } from '../session/refresh-once.ts';
import type { Session } from '../session/session.ts';
import { createShareInFlight } from '../session/share-in-flight.ts';
import { setCommand, type RedisConnection } from './redis-connection.ts';
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

const outcomeKey = ({ id }: RefreshRecord) => `refresh:${id}`;
const lockKey = ({ id }: RefreshRecord) => `refresh-lock:${id}`;

/** One refresh among all instances. The instance with the lock refreshes; the others wait for its outcome. */
export function createRedisRefreshOnce(
  { tryRedis, onRecovery }: RedisConnection,
  { providerTimeoutMs }: { providerTimeoutMs: number },
): RefreshOnce {
  // An instance that dies leaves its lock behind. The lock must still outlive any refresh, or two would run at once.
  const lockMs = 2 * providerTimeoutMs;
  const waitMs = providerTimeoutMs + 2000;

  const shareInFlight = createShareInFlight<Session>();
  /** The owner of each lock. */
  const locksHere = new Map<string, string>();
  /** Only those of this instance: the outcome of another one must not outlive the 30 seconds that it has in Redis. */
  const outcomesHere = new FifoMap<PublishedOutcome>(MAX_OUTCOMES, GRACE_MS);
  onRecovery(() => [
    ...[...outcomesHere.keys()]
      .flatMap((key) => outcomesHere.get(key) ?? [])
      .map(({ key, sealed, endsAtMs }) => setCommand(key, sealed, endsAtMs)),
    // Unless another instance has locked it meanwhile.
    ...[...locksHere].map(([key, owner]) => [...setCommand(key, owner, Date.now() + lockMs), 'NX']),
  ]);

  async function refreshAmongInstances(session: Session, refresh: () => Promise<Session>): Promise<Session> {
    const record = refreshRecordOf(session);
    if (!record) return refresh(); // Without a refresh token it fails without a request.
    const owner = randomUUID();
    const deadline = performance.now() + waitMs;
    for (let isAnotherRefreshing = false; ; isAnotherRefreshing = true) {
      const found = await tryRedis(async (client) => {
        const keys = [outcomeKey(record), lockKey(record)];
        const reply = await client.eval(FIND_OR_LOCK, 2, ...keys, owner, lockMs);
        return reply === 'locked' || reply === 'busy' ? reply : openOutcome(record, String(reply));
      });
      if (typeof found === 'object') return toSession(found);
      if (found === 'locked' || (found === undefined && !isAnotherRefreshing)) {
        return refreshAndPublish({ record, owner, refresh });
      }
      // Without Redis the other instance can't publish its outcome, and using the token twice could end the session.
      if (found === undefined || performance.now() >= deadline) {
        throw new ApiError('refresh_in_progress', { headers: { 'retry-after': '1' } });
      }
      await delay(POLL_MS);
    }
  }

  async function refreshAndPublish({ record, owner, refresh }: LockedRefresh): Promise<Session> {
    locksHere.set(lockKey(record), owner);
    try {
      const successor = await refresh();
      // Publish before anyone is answered: if the answer is lost, any instance can give it again.
      const sealed = sealOutcome(record, { status: 'refreshed', session: successor });
      const key = outcomeKey(record);
      outcomesHere.set(key, { key, sealed, successor, endsAtMs: Date.now() + GRACE_MS });
      await tryRedis((client) => client.set(key, sealed, 'PX', GRACE_MS));
      return successor;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'session_expired')) throw error;
      return toSession(await agreeOnRefusal(record, error));
    } finally {
      locksHere.delete(lockKey(record));
      await tryRedis((client) => client.eval(RELEASE, 1, lockKey(record), owner));
    }
  }

  /**
   * The provider also refuses a token if another instance has refreshed with it: this instance may have been suspended
   * until its lock expired. Then the outcome of the other instance counts.
   */
  async function agreeOnRefusal(record: RefreshRecord, refusal: ApiError): Promise<RefreshOutcome> {
    const sealed = sealOutcome(record, { status: 'refused' });
    const agreed = await tryRedis(async (client) => {
      const reply = await client.eval(PUBLISH_REFUSAL, 1, outcomeKey(record), sealed, REFUSAL_MS);
      return openOutcome(record, String(reply));
    });
    // Another instance may have refreshed the session, so the browser keeps its cookie.
    if (!agreed) throw new ApiError('session_refused', { cause: refusal });
    return agreed;
  }

  const findSuccessorHere = (record: RefreshRecord | undefined) =>
    record && outcomesHere.get(outcomeKey(record))?.successor;

  return {
    refreshOnce: async (session, refresh) =>
      findSuccessorHere(refreshRecordOf(session)) ??
      shareInFlight(session.tokenSetId, () => refreshAmongInstances(session, refresh)),

    async findSuccessor(session) {
      const record = refreshRecordOf(session);
      const successor = findSuccessorHere(record);
      if (successor || !record) return successor;
      const outcome = await tryRedis(async (client) => {
        const sealed = await client.get(outcomeKey(record));
        return sealed === null ? undefined : openOutcome(record, sealed);
      });
      return outcome?.status === 'refreshed' ? outcome.session : undefined;
    },
  };
}

interface PublishedOutcome {
  key: string;
  sealed: string;
  successor: Session;
  endsAtMs: number;
}

interface LockedRefresh {
  record: RefreshRecord;
  owner: string;
  refresh: () => Promise<Session>;
}

function toSession(outcome: RefreshOutcome): Session {
  if (outcome.status === 'refused') throw new ApiError('session_expired');
  return outcome.session;
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
