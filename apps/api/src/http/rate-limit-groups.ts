import type { FastifyRequest } from 'fastify';

/** The routes of one group share a rate limit. `unknown` are the paths that have no route. */
export const RATE_LIMIT_GROUPS = ['sign-in', 'session', 'resources', 'operator', 'unknown'] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without a group has no limit. */
    rateLimitGroup?: (typeof RATE_LIMIT_GROUPS)[number];
    /**
     * Identifies a client that this group has let in before. Its requests are counted by this id and not by the address,
     * which it may share with a whole school.
     */
    findAdmission?: (request: FastifyRequest) => string | undefined;
  }
}
