import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { TopupResponse, Userinfo } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { invalidToken, type ResourceClient } from './resource-client.ts';
import { routeSchema } from '../http/route-schemas.ts';

interface BearerRoutesOptions {
  resourceClient: ResourceClient;
}

/** The routes that trust an access token. They read no cookie, so a foreign page can't borrow one to call them. */
export const bearerRoutes: FastifyPluginAsync<BearerRoutesOptions> = async (app, { resourceClient }) => {
  app.get(PATHS.userinfo, { schema: USERINFO, config: RESOURCES }, async (request): Promise<Userinfo> => {
    return resourceClient.fetchUserinfo(readBearerToken(request));
  });

  app.get(PATHS.topup, { schema: TOPUP, config: RESOURCES }, async (request): Promise<TopupResponse> => {
    return { topup_url: await resourceClient.fetchTopupUrl(readBearerToken(request)) };
  });
};

/** RFC 6750 §2.1: in one header, and nowhere else. A token in the address would be in somebody's log (§2.3). */
function readBearerToken({ headers, raw }: FastifyRequest): string {
  const { authorization } = headers;
  if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization))
    throw invalidToken({ isGiven: false });
  // Node keeps the first of two and drops the other. A proxy in front may have looked at the other.
  const count = raw.rawHeaders.filter(
    (name, index) => index % 2 === 0 && /^authorization$/i.test(name),
  ).length;
  const [, token] = /^Bearer +([\w\-.~+/]{1,4096}=*)$/i.exec(authorization) ?? [];
  if (count !== 1 || token === undefined || token.length > 4096) throw invalidToken();
  return token;
}

const RESOURCES = { rateLimitGroup: 'resources' } as const;

const BEARER_ERRORS = [
  'invalid_token',
  'insufficient_scope',
  'rate_limited',
  'provider_bad_response',
  'provider_unavailable',
  'provider_timeout',
] as const;

const USERINFO = routeSchema({
  operationId: 'userinfo',
  summary: 'Who is signed in, and their balance if the scope covers it.',
  security: [{ accessToken: [] }],
  success: { status: 200, schema: 'Userinfo' },
  errors: BEARER_ERRORS,
});
const TOPUP = routeSchema({
  operationId: 'topup',
  summary: 'Where to top the account up.',
  security: [{ accessToken: [] }],
  success: { status: 200, schema: 'TopupResponse' },
  errors: [...BEARER_ERRORS, 'unsafe_topup_url'],
});
