/** The routes of one group share a rate limit. */
export const RATE_LIMIT_GROUPS = ['sign-in', 'session', 'resources', 'operator'] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without a group has no limit. */
    rateLimitGroup?: (typeof RATE_LIMIT_GROUPS)[number];
  }
}
