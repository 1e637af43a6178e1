import type { FastifyRequest } from 'fastify';

/** The routes of one group share a rate limit. `unknown` are the paths that have no route. */
export const RATE_LIMIT_GROUPS = ['sign-in', 'session', 'resources', 'operator', 'unknown'] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without a group has no limit. */
    rateLimitGroup?: (typeof RATE_LIMIT_GROUPS)[number];
    /**
     * Returns an id that the client has received within the limit of this group. Its requests are then counted by the id and
     * not by the address, which a whole school may share.
     */
    findAdmission?: (request: FastifyRequest) => string | undefined;
  }
}
