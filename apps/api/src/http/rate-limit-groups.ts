/** The routes of one group share a rate limit. `unknown` are the paths that have no route. */
export const RATE_LIMIT_GROUPS = ['sign-in', 'session', 'resources', 'operator', 'unknown'] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without a group has no limit. */
    rateLimitGroup?: (typeof RATE_LIMIT_GROUPS)[number];
  }
}
