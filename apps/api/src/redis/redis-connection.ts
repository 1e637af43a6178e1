import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';

/** The connection to what all instances share. Losing it is told once, and so is having it back. */
export interface RedisConnection {
  /** Every command fails within a second if Redis doesn't answer, and at once while it is known not to. */
  client: Redis;
  isReachable: () => boolean;
  close: () => void;
}

const CONNECT_TIMEOUT_MS = 1000;
/** Redis answers within a millisecond, and a user waits for it: one that is silent for so long counts as gone. */
const SILENCE_MS = 1000;
const COMMAND_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 2000;

/** Resolves when the first attempt has succeeded or failed. From then on it reconnects by itself. */
export async function connectToRedis(url: string, log: FastifyBaseLogger): Promise<RedisConnection> {
  // Loaded where it is needed: it would take a fifth of the start-up time of everybody else.
  const { Redis: Client } = await import('ioredis');
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // One silent command ends the connection, so that the next ones needn't find out for themselves.
    socketTimeout: SILENCE_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // Nothing waits for better times: whoever asks has a way to go on without.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** attempt, MAX_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2),
    // After a failover the old connection leads to a replica, which takes no writes.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  });

  const isReachable = () => client.status === 'ready';
  let wasReachable: boolean | undefined;
  let lastError: unknown;
  client.on('error', (error: Error) => {
    lastError = withCode(error);
  });
  client.on('ready', () => {
    wasReachable = true;
    log.info({ event: 'redis_reachable' }, 'Redis answers: sessions are shared with the other instances');
  });
  client.on('close', () => {
    if (wasReachable !== false) {
      log.error({ event: 'redis_unreachable', err: lastError }, 'Redis does not answer: going on in memory');
    }
    wasReachable = false;
  });

  await client.connect().catch(() => undefined); // Told by the handlers above.
  return {
    client,
    isReachable,
    close() {
      client.removeAllListeners('close');
      client.disconnect();
    },
  };
}

/** What Redis itself says begins with a code, such as WRONGPASS or OOM: all of it that goes into the log. */
export function withCode<T>(error: T): T {
  if (!(error instanceof Error)) return error;
  const [code] = /^[A-Z]{3,}(?= )/.exec(error.message) ?? [];
  return code ? Object.assign(error, { code }) : error;
}
