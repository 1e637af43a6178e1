import { isIP } from 'node:net';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError } from './api-error.ts';
import { routeOf } from './logging.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';

const GROUPS = ['sign-in', 'session', 'resources', 'operator'] as const;
type Group = (typeof GROUPS)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Routes of one group are counted together. Those of none are not counted. */
    rateLimitGroup?: Group;
  }
}

const WINDOW_SECONDS = 60;
/** Addresses remembered for each group, without Redis: about 10 MB. */
const MAX_ADDRESSES = 50_000;

interface RateLimitsOptions {
  config: Config;
  redis: RedisConnection | undefined;
}

/**
 * Counts the requests of each client address to each group of routes, before anything else is done for them. With
 * Redis all instances count together; while it is gone nobody is counted, since being there for honest users matters
 * more.
 */
export async function addRateLimits(
  app: FastifyInstance,
  { config, redis }: RateLimitsOptions,
): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    max: config.rateLimitPerMinute,
    timeWindow: WINDOW_SECONDS * 1000,
    cache: MAX_ADDRESSES,
    ...(redis && { redis: redis.client, nameSpace: 'rate:', skipOnError: true }),
    addHeaders: NO_HEADERS,
    addHeadersOnExceeding: NO_HEADERS,
    errorResponseBuilder: (_request, { ttl }) => {
      const seconds = Math.min(Math.max(Math.ceil(ttl / 1000), 1), WINDOW_SECONDS);
      return new ApiError('rate_limited', { headers: { 'retry-after': String(seconds) } });
    },
  });
  const limits = new Map(
    GROUPS.map((group) => [
      group,
      app.rateLimit({ keyGenerator: (request) => `${group}:${clientAddress(request)}` }),
    ]),
  );
  app.addHook('onRequest', async function limit(request, reply) {
    const { rateLimitGroup } = routeOf(request)?.config ?? {};
    if (rateLimitGroup) await limits.get(rateLimitGroup)?.call(app, request, reply);
  });
}

/**
 * The /64 of an IPv6 address: whoever has one address has all of it. What a proxy passes on and is no address would
 * be a new client each time, so it counts as the proxy.
 */
function clientAddress({ ip, socket }: FastifyRequest): string {
  return normalizeIP(isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip);
}

/** The contract has one header for it, `Retry-After`, and it comes with the error. */
const NO_HEADERS = {
  'x-ratelimit-limit': false,
  'x-ratelimit-remaining': false,
  'x-ratelimit-reset': false,
  'retry-after': false,
};
