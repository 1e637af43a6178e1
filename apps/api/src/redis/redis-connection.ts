import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';

/** The connection to the Redis of all instances. It logs once when it loses Redis and once when it has it back. */
export interface RedisConnection {
  /** Every command fails within a second if Redis does not answer, and immediately while it is known not to. */
  client: Redis;
  isReachable: () => boolean;
  /**
   * Runs the commands if Redis is reachable. An error is logged, not thrown: every caller has a fallback in memory.
   * @returns undefined if Redis is unreachable or refuses the command
   */
  tryRedis: <T>(command: (client: Redis) => Promise<T>) => Promise<T | undefined>;
  /** Runs the commands as soon as Redis is reachable again or accepts writes again. */
  onRecovery: (missedCommands: () => RedisCommand[]) => void;
  close: () => void;
}

/** The name of a command and its arguments. */
export type RedisCommand = (string | number)[];

const CONNECT_TIMEOUT_MS = 1000;
/** Redis answers within a millisecond, and a user waits for it. */
const SILENCE_MS = 1000;
const COMMAND_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 2000;
/** After a command that Redis has refused, for example because its memory is full. */
const RECOVERY_DELAY_MS = 2000;
const COMMANDS_PER_PIPELINE = 1000;

/** Resolves when the first attempt to connect has succeeded or failed. After that the client reconnects by itself. */
export async function connectToRedis(url: string, log: FastifyBaseLogger): Promise<RedisConnection> {
  // Loaded on demand: without Redis, the import would take a fifth of the start-up time.
  const { Redis: Client } = await import('ioredis');
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // One silent command ends the connection, so that the next commands fail immediately.
    socketTimeout: SILENCE_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // Fail immediately when disconnected: every caller has a fallback in memory.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) =>
      Math.min(50 * 2 ** attempt, MAX_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2),
    // After a failover the old connection leads to a replica, which accepts no writes.
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
    log.info(
      { event: 'redis_reachable' },
      'Redis is reachable: sessions are shared with the other instances',
    );
    void tryRedis(sendMissedCommands);
  });
  client.on('close', () => {
    if (wasReachable !== false) {
      log.error(
        { event: 'redis_unreachable', err: lastError },
        'Redis is unreachable: this instance works in memory',
      );
    }
    wasReachable = false;
  });
  let recoveryTimer: NodeJS.Timeout | undefined;
  client.on('end', () => clearTimeout(recoveryTimer));

  const missedCommands: (() => RedisCommand[])[] = [];

  async function sendMissedCommands(): Promise<void> {
    const commands = missedCommands.flatMap((collect) => collect());
    for (let i = 0; i < commands.length; i += COMMANDS_PER_PIPELINE) {
      const results = await client.pipeline(commands.slice(i, i + COMMANDS_PER_PIPELINE)).exec();
      for (const [error] of results ?? []) if (error) throw error;
    }
  }

  async function tryRedis<T>(command: (client: Redis) => Promise<T>): Promise<T | undefined> {
    if (!isReachable()) return undefined; // The handlers above have logged it.
    try {
      return await command(client);
    } catch (error) {
      if (isReachable()) {
        log.warn({ err: withCode(error) }, 'Redis refused a command');
        // A Redis that accepts no writes sends no signal when it accepts them again.
        recoveryTimer ??= setTimeout(() => {
          recoveryTimer = undefined;
          void tryRedis(sendMissedCommands);
        }, RECOVERY_DELAY_MS).unref();
      }
      return undefined;
    }
  }

  await client.connect().catch(() => undefined); // The handlers above log it.
  return {
    client,
    isReachable,
    tryRedis,
    onRecovery: (collect) => void missedCommands.push(collect),
    close() {
      client.removeAllListeners('close');
      client.disconnect();
    },
  };
}

/** A command that stores a value until a time in Unix milliseconds. */
export function setCommand(key: string, value: string, endsAtMs: number): RedisCommand {
  return ['set', key, value, 'PX', millisecondsUntil(endsAtMs)];
}

/** At least 1: Redis refuses 0. */
export function millisecondsUntil(endsAtMs: number): number {
  return Math.max(1, endsAtMs - Date.now());
}

/** An error of Redis starts with a code such as WRONGPASS or OOM. Only the code goes into the log. */
function withCode<T>(error: T): T {
  if (!(error instanceof Error)) return error;
  const [code] = /^[A-Z]{3,}(?= )/.exec(error.message) ?? [];
  return code ? Object.assign(error, { code }) : error;
}
