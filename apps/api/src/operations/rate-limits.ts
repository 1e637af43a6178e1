import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError } from '../http/api-error.ts';
import { RATE_LIMIT_GROUPS } from '../http/rate-limit-groups.ts';
import { parseForwardedAddress } from '../proxies.ts';
import type { RateLimitStore } from '../stores.ts';

interface RateLimitsOptions {
  perMinute: number;
  store: RateLimitStore;
}

const WINDOW_SECONDS = 60;
/** Enough to send one exchange again and again while the provider is down. */
const MAX_PER_ADMISSION = 10;
/** Per group, if the requests are counted in memory: about 10 MB. */
const MAX_ADDRESSES = 50_000;

/**
 * Limits the requests of each client address to each group of routes, before a route does any work. A client with an
 * admission (http/rate-limit-groups.ts) has a count of its own, so that a sign-in that could start can also finish.
 */
export const rateLimits = fp<RateLimitsOptions>(async (app, { perMinute, store }) => {
  await app.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: WINDOW_SECONDS * 1000,
    cache: MAX_ADDRESSES,
    ...store,
    addHeaders: NO_HEADERS,
    addHeadersOnExceeding: NO_HEADERS,
    errorResponseBuilder: (_request, { ttl }) => {
      const seconds = Math.min(Math.max(Math.ceil(ttl / 1000), 1), WINDOW_SECONDS);
      return new ApiError('rate_limited', { headers: { 'retry-after': String(seconds) } });
    },
  });
  const limits = new Map(
    RATE_LIMIT_GROUPS.map((group) => [
      group,
      app.rateLimit({ keyGenerator: (request) => `${group}:${clientAddress(request)}` }),
    ]),
  );
  const limitOfAdmission = app.rateLimit({
    max: Math.min(perMinute, MAX_PER_ADMISSION),
    keyGenerator: (request) => `admitted:${request.routeOptions.config.findAdmission?.(request)}`,
  });
  app.addHook('onRequest', async function limit(request, reply) {
    const { url, config } = request.routeOptions;
    if (config.findAdmission?.(request)) return limitOfAdmission.call(app, request, reply);
    // `*` is the route of all preflights. Those that are allowed have been answered by now.
    const hasRoute = url !== undefined && url !== '*';
    const group = hasRoute ? config.rateLimitGroup : 'unknown';
    if (!group) return;
    warnOfUnlistedProxy(request);
    await limits.get(group)?.call(app, request, reply);
  });

  let hasWarned = false;
  function warnOfUnlistedProxy({ ips = [], headers, log }: FastifyRequest): void {
    const isForwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
    if (hasWarned || !isForwarded || ips.length > 1) return;
    hasWarned = true;
    log.warn(
      'Forwarded requests come from an address that TRUST_PROXY does not list, or without X-Forwarded-For. If that is your reverse proxy, all its clients share one rate limit.',
    );
  }
});

/**
 * The /64 of an IPv6 address, since one customer controls all of it. If a proxy forwards text that is no address, the
 * address of the proxy counts: otherwise each new text would be a new client.
 */
function clientAddress({ ip, socket }: FastifyRequest): string {
  return normalizeIP(parseForwardedAddress(ip) ?? socket.remoteAddress ?? '');
}

const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

/** The contract has only `Retry-After`, which the error carries. */
const NO_HEADERS = {
  'x-ratelimit-limit': false,
  'x-ratelimit-remaining': false,
  'x-ratelimit-reset': false,
  'retry-after': false,
};
