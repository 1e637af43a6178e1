import { hkdfSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrorCode, type ErrorCode } from '@oneclick/shared/error-status';
import * as v from 'valibot';
import { ApiError, toApiError } from '../http/api-error.ts';
import { wasNeverSent } from '../provider/never-sent-error.ts';
import { openJson, sealJson } from '../sealed-json.ts';
import { Session } from '../session/session.ts';
import {
  createExchangeOnce,
  REPEAT_MS,
  type CodeExchange,
  type ExchangeOnce,
} from '../sign-in/exchange-once.ts';
import { millisecondsUntil, type RedisConnection } from './redis-connection.ts';

/** The outcome of an exchange, for requests that are sent again until then. Unix milliseconds. */
const ExchangeOutcome = v.variant('status', [
  v.object({ status: v.literal('exchanged'), session: Session, isSharedUntil: v.number() }),
  v.object({
    status: v.literal('failed'),
    code: v.custom<ErrorCode>(isErrorCode),
    isSharedUntil: v.number(),
  }),
]);
type ExchangeOutcome = v.InferOutput<typeof ExchangeOutcome>;

const IN_FLIGHT = 'in flight';
const POLL_MS = 100;

/**
 * One exchange among all instances. The instance that claims the transaction exchanges the code; the others wait for its
 * outcome. While Redis is unreachable, a transaction works once on each instance.
 */
export function createRedisExchangeOnce(
  { tryRedis }: RedisConnection,
  { providerTimeoutMs }: { providerTimeoutMs: number },
): ExchangeOnce<Session> {
  const exchangeHereOnce = createExchangeOnce<Session>();
  const waitMs = providerTimeoutMs + 2000;

  /** @returns undefined if Redis is unreachable, otherwise the value of the transaction */
  function claim(key: string, lifeMs: number): Promise<string | undefined> {
    return tryRedis(async (client) => {
      const claimed = await client.set(key, IN_FLIGHT, 'PX', lifeMs, 'NX');
      return claimed === 'OK' ? 'claimed' : ((await client.get(key)) ?? 'released');
    });
  }

  async function exchangeAmongInstances(
    given: CodeExchange,
    exchange: () => Promise<Session>,
  ): Promise<Session> {
    const key = usedKey(given);
    const deadline = performance.now() + waitMs;
    for (let isAnotherExchanging = false; ; isAnotherExchanging = true) {
      const found = await claim(key, millisecondsUntil(given.expiresAt * 1000));
      if (found === 'claimed' || (found === undefined && !isAnotherExchanging)) {
        return exchangeAndPublish(given, exchange);
      }
      if (found !== undefined && found !== IN_FLIGHT && found !== 'released') {
        return toSession(openOutcome(given, found));
      }
      if (found === undefined || performance.now() >= deadline) throw new ApiError('transaction_replayed');
      await delay(POLL_MS);
    }
  }

  async function exchangeAndPublish(given: CodeExchange, exchange: () => Promise<Session>): Promise<Session> {
    const isSharedUntil = Date.now() + REPEAT_MS;
    const publish = (outcome: ExchangeOutcome) =>
      tryRedis((client) => {
        const lifeMs = millisecondsUntil(given.expiresAt * 1000);
        return client.set(usedKey(given), sealJson(outcome, sealingKeyOf(given)), 'PX', lifeMs);
      });
    try {
      const session = await exchange();
      await publish({ status: 'exchanged', session, isSharedUntil });
      return session;
    } catch (error) {
      if (wasNeverSent(error)) await tryRedis((client) => client.del(usedKey(given)));
      else await publish({ status: 'failed', code: toApiError(error).code, isSharedUntil });
      throw error;
    }
  }

  return (given, exchange) => exchangeHereOnce(given, () => exchangeAmongInstances(given, exchange));
}

const usedKey = ({ jti }: CodeExchange) => `used:${jti}`;

/** The verifier is in the sealed cookie only. A copy of Redis, or another code, therefore opens nothing. */
function sealingKeyOf({ jti, codeVerifier, code }: CodeExchange): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', codeVerifier + code, jti, 'exchange outcome', 32));
}

function openOutcome(given: CodeExchange, sealed: string): ExchangeOutcome | undefined {
  try {
    return openJson(sealed, { findKey: () => sealingKeyOf(given), schema: ExchangeOutcome });
  } catch {
    return undefined; // It belongs to another code.
  }
}

function toSession(outcome: ExchangeOutcome | undefined): Session {
  if (!outcome || outcome.isSharedUntil <= Date.now()) throw new ApiError('transaction_replayed');
  if (outcome.status === 'failed') throw new ApiError(outcome.code);
  return outcome.session;
}
