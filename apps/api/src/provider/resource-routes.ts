import { TopupResponse, Userinfo } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { invalidToken, type ResourceClient } from './resource-client.ts';

interface ResourceRoutesOptions {
  resourceClient: ResourceClient;
}

/** The routes that pass a request on to the provider, with the access token of the caller. They read no cookie. */
export const resourceRoutes: FastifyPluginAsync<ResourceRoutesOptions> = async (app, { resourceClient }) => {
  const config = { rateLimitGroup: 'resources' } as const;

  app.get(
    PATHS.userinfo,
    { schema: { response: { 200: Userinfo } }, config },
    async (request): Promise<Userinfo> => {
      return resourceClient.fetchUserinfo(readBearerToken(request));
    },
  );

  app.get(
    PATHS.topup,
    { schema: { response: { 200: TopupResponse } }, config },
    async (request): Promise<TopupResponse> => {
      return { topup_url: await resourceClient.fetchTopupUrl(readBearerToken(request)) };
    },
  );
};

/** RFC 6750 §2.1: from one header, and from nowhere else. A token in a URL would be logged somewhere (§2.3). */
function readBearerToken({ headers, raw }: FastifyRequest): string {
  const { authorization } = headers;
  if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization)) {
    throw invalidToken({ isGiven: false });
  }
  // Node keeps the first of two such headers. A proxy in front of the API may have checked the second.
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0);
  const count = names.filter((name) => name.toLowerCase() === 'authorization').length;
  const [, token] = /^Bearer +([\w\-.~+/]{1,4096}=*)$/i.exec(authorization) ?? [];
  if (count !== 1 || token === undefined || token.length > 4096) throw invalidToken();
  return token;
}
