import type { RequestListener } from 'node:http';
import { Provider } from 'oidc-provider';
import { createAccounts } from './accounts.ts';
import type { ProviderConfig } from './config.ts';
import { createIssuerRemoval, normalizeScope, runEngine } from './engine/engine-adjustments.ts';
import { engineConfiguration } from './engine/engine-configuration.ts';
import { createMemoryAdapterFactory } from './engine/memory-adapter.ts';
import { answerErrors } from './http/answer-errors.ts';
import { logFault } from './http/log-fault.ts';
import { createSecurityHeaders } from './http/security-headers.ts';
import { createInteractionRoutes } from './routes/interaction-routes.ts';
import { createRegistrationRoute } from './routes/registration-route.ts';
import { createResourceRoutes } from './routes/resource-routes.ts';
import { createSiteRoutes } from './routes/site-routes.ts';
import { createTopUpRoutes } from './routes/top-up-routes.ts';

/**
 * Creates a provider with its own accounts, apps and keys.
 * @returns the request listener for a `node:http` server
 */
export function createLocalProvider(config: ProviderConfig & { issuer: string }): RequestListener {
  const { issuer: origin, developerToken, openerPolicy } = config;
  const accounts = createAccounts();
  const adapter = createMemoryAdapterFactory();
  const provider = new Provider(origin, engineConfiguration({ config, accounts, adapter }));
  // Behind an https proxy, X-Forwarded-Proto decides whether cookies are Secure.
  provider.proxy = origin.startsWith('https:');
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- Koa's hook. Koa's default prints the whole error.
  provider.onerror = logFault;
  provider.on('server_error', (_ctx, error) => logFault(error));

  const topUp = createTopUpRoutes({ provider, accounts, origin });
  const { createTopUpUrl } = topUp;
  provider.use(createSecurityHeaders(openerPolicy));
  provider.use(answerErrors);
  provider.use(createIssuerRemoval(origin));
  provider.use(normalizeScope);
  provider.use(createSiteRoutes(accounts));
  provider.use(createInteractionRoutes({ provider, accounts, origin }));
  provider.use(createResourceRoutes({ provider, accounts, createTopUpUrl }));
  provider.use(topUp.routes);
  provider.use(createRegistrationRoute({ clients: adapter('Client'), developerToken }));
  provider.use(runEngine);

  const handle = provider.callback();
  return (request, response) => void handle(request, response);
}
