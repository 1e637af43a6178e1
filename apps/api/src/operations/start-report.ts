import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '../config.ts';
import { VERSION } from './version.ts';

/** Logs what the API has concluded from its configuration, in one line: what an operator compares when a sign-in fails. */
export const startReport: FastifyPluginAsync<{ config: Config }> = async (app, { config }) => {
  app.addHook('onListen', async () => {
    const { topology, provider, secrets, redisUrl } = config;
    app.log.info(
      {
        event: 'started',
        version: VERSION,
        node: process.version,
        webOrigins: [...topology.acceptedFetchSites.keys()],
        apiOrigin: config.apiOrigin,
        relation: topology.relation,
        cookies: [topology.nameCookie('session'), `${topology.nameCookie('tx')}_…`],
        sameSite: topology.cookieAttributes.sameSite,
        redirectUris: [provider.redirectUri, provider.serverRedirectUri].filter((uri) => uri !== undefined),
        provider: new URL(provider.authorizationEndpoint).host,
        trustedProxies: config.trustedProxies,
        sessionKeys: secrets.sessionKeys.map(({ kid }) => kid),
        redis: redisUrl === undefined ? 'none' : new URL(redisUrl).host, // Without the password.
      },
      'started',
    );
  });
};
