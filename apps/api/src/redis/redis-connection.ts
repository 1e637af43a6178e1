import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { SharedStoreState } from '../stores.ts';

type RedisClient = Redis | Cluster;

/** The connection to the Redis of all instances: a single server, the master of a Sentinel, or a cluster. It logs each change of its state once. */
export interface RedisConnection {
  state: () => SharedStoreState;
  /**
   * Runs the commands unless Redis is unreachable. Every command fails within two seconds. An error is logged, not thrown:
   * every caller has a fallback in memory.
   * @returns undefined if Redis is unreachable or refuses the command
   */
  tryRedis: <T>(command: (client: RedisClient) => Promise<T>) => Promise<T | undefined>;
  /** Runs the commands as soon as Redis is reachable again or accepts commands again. */
  onRecovery: (missedCommands: () => RedisCommand[]) => void;
  close: () => void;
}

/** The name of a command and its arguments. */
export type RedisCommand = [name: string, ...args: (string | number)[]];

interface RedisConnectionOptions {
  url: string;
  /** In front of every key, so that several apps can share one Redis. */
  keyPrefix: string;
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>;
}

const CONNECT_TIMEOUT_MS = 1000;
/** Redis answers within a millisecond, and a user waits for it. */
const SILENCE_MS = 1000;
const COMMAND_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 2000;
/** After a command that Redis has refused, for example because its memory is full. */
const RECOVERY_DELAY_MS = 2000;
const COMMANDS_AT_ONCE = 1000;
/** Each takes 100 ms, in which a cluster may choose another server for a key. */
const MAX_REDIRECTIONS = 4;

/** Resolves when the first attempt to connect has succeeded or failed. After that the client reconnects by itself. */
export async function connectToRedis({
  url,
  keyPrefix,
  log,
}: RedisConnectionOptions): Promise<RedisConnection> {
  // Loaded on demand: without Redis, the import would take a fifth of the start-up time.
  const ioredis = await import('ioredis');
  const options = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    // One silent command ends the connection, so that the next commands fail immediately.
    socketTimeout: SILENCE_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // After a failover the old connection leads to a replica, which accepts no writes.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  } satisfies RedisOptions;
  // Without an offline queue commands fail immediately when disconnected: every caller has a fallback in memory.
  const atOnce = { keyPrefix, lazyConnect: true, enableOfflineQueue: false } as const;

  const single = new ioredis.Redis(url, { ...options, ...atOnce, retryStrategy: reconnectDelayMs });
  let client: RedisClient = single;
  let state: SharedStoreState | undefined;
  let lastError: unknown;
  let recoveryTimer: NodeJS.Timeout | undefined;
  const missedCommands: (() => RedisCommand[])[] = [];

  /** Only the server knows whether REDIS_URL is one of a cluster, or a Sentinel. */
  async function findServers(): Promise<RedisClient | undefined> {
    if (client !== single) return undefined;
    const { host = '', port = 6379, username, password, tls } = single.options;
    const access = {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(tls && { tls }),
    };
    // A single server refuses both commands.
    const slots = await single.cluster('SLOTS').catch(() => undefined);
    if (slots !== undefined) {
      return new ioredis.Cluster([{ host, port }], {
        ...atOnce,
        clusterRetryStrategy: reconnectDelayMs,
        // `checkCommands` checks more, and does not fail while a connection to one of the servers is being opened.
        enableReadyCheck: false,
        maxRedirections: MAX_REDIRECTIONS,
        redisOptions: { ...options, ...access },
        // The certificate is for the name of a server, not for its address.
        ...(tls && { dnsLookup: (address, callback) => callback(null, address) }),
      });
    }
    const masters = await single.call('SENTINEL', 'MASTERS').catch(() => undefined);
    if (!Array.isArray(masters)) return undefined;
    if (masters.length !== 1)
      throw new Error(`The Sentinel watches ${masters.length} masters in place of one`);
    return new ioredis.Redis({
      ...options,
      ...access,
      ...atOnce,
      db: single.options.db ?? 0,
      retryStrategy: reconnectDelayMs,
      sentinelRetryStrategy: reconnectDelayMs,
      sentinels: [{ host, port }],
      name: String(masters[0][masters[0].indexOf('name') + 1]),
      ...(username !== undefined && { sentinelUsername: username }),
      ...(password !== undefined && { sentinelPassword: password }),
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  }

  async function use(next: RedisClient): Promise<void> {
    client = next;
    // A client of a cluster may never settle the promise of `connect`. If no Sentinel gives an address, the client emits
    // `error` at each attempt, and neither `close` nor `ready`.
    const { promise: firstAttempt, resolve } = Promise.withResolvers<void>();
    next.on('error', (error: Error) => {
      lastError = withCode(error);
      if (next.status !== 'connecting') return;
      setState('unreachable', lastError);
      resolve();
    });
    next.on('node error', (error: Error) => {
      lastError = withCode(error);
    });
    next.on('close', () => {
      setState('unreachable', lastError);
      resolve();
    });
    next.on('ready', () => void checkCommands().then(resolve));
    next.connect().catch(() => undefined); // The handlers above log it.
    await firstAttempt;
  }

  /** After each connection and each refusal: whether Redis accepts the commands that the stores send. */
  async function checkCommands(): Promise<void> {
    const checked = client;
    try {
      const servers = await findServers();
      if (servers) {
        single.removeAllListeners('close').disconnect();
        return await use(servers);
      }
      await checked.eval(USE_ALL_COMMANDS, 1, `check:${randomUUID()}`);
      setState('reachable');
      await sendMissedCommands();
    } catch (error) {
      if (checked.status === 'ready') reportRefusal(error);
    }
  }

  async function sendMissedCommands(): Promise<void> {
    const commands = missedCommands.flatMap((collect) => collect());
    for (let i = 0; i < commands.length; i += COMMANDS_AT_ONCE) {
      // Not in a pipeline: in a cluster, each key may be on another server.
      await Promise.all(commands.slice(i, i + COMMANDS_AT_ONCE).map((command) => client.call(...command)));
    }
  }

  function setState(next: SharedStoreState, error?: unknown): void {
    if (next === state) return;
    state = next;
    const [level, message] = STATE_LINES[next];
    log[level]({ event: `redis_${next}`, ...(error !== undefined && { err: error }) }, message);
  }

  function reportRefusal(error: unknown): void {
    if (state === 'refusing') log.warn({ err: withCode(error) }, 'Redis refused a command');
    setState('refusing', withCode(error));
    // Redis sends no signal when it accepts commands again.
    recoveryTimer ??= setTimeout(() => {
      recoveryTimer = undefined;
      if (client.status === 'ready') void checkCommands();
    }, RECOVERY_DELAY_MS).unref();
  }

  await use(single);
  return {
    state: () => state ?? 'unreachable',
    async tryRedis(command) {
      if (state === undefined || state === 'unreachable') return undefined; // `setState` has logged it.
      try {
        return await command(client);
      } catch (error) {
        if (client.status === 'ready') reportRefusal(error);
        return undefined;
      }
    },
    onRecovery: (collect) => void missedCommands.push(collect),
    close() {
      clearTimeout(recoveryTimer);
      client.removeAllListeners('close');
      client.disconnect();
    },
  };
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(50 * 2 ** attempt, MAX_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2);
}

const STATE_LINES = {
  reachable: ['info', 'Redis is reachable: sessions are shared with the other instances'],
  refusing: ['error', 'Redis refuses commands: sessions are not reliably shared with the other instances'],
  unreachable: ['error', 'Redis is unreachable: this instance works in memory'],
} as const;

/** All commands of this folder, so that a user without the right to one of them is noticed at the start. */
const USE_ALL_COMMANDS = `
redis.call('SET', KEYS[1], '1', 'NX', 'PX', 1000)
redis.call('GET', KEYS[1])
redis.call('MGET', KEYS[1])
redis.call('EXISTS', KEYS[1])
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], 1000)
redis.call('PTTL', KEYS[1])
return redis.call('DEL', KEYS[1])`;

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
  // Redis has no code for a script with a command that its user may not run.
  const isForbidden = error.message.includes('The user executing the script');
  return code ? Object.assign(error, { code: isForbidden ? 'NOPERM' : code }) : error;
}
