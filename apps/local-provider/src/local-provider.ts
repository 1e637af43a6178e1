import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import {
  errors,
  Provider,
  type AdapterFactory,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { createAccounts, type Accounts } from './accounts.ts';
import type { ProviderConfig } from './config.ts';
import { createInteractionPolicy, loadGrant } from './consent-policy.ts';
import { createInteractionRoutes, interactionPath } from './interaction-routes.ts';
import { createMemoryAdapterFactory } from './memory-adapter.ts';
import { sendJson, type Middleware, type RequestContext } from './middleware.ts';
import { setSecurityHeaders } from './page-guard.ts';
import { errorPage, sendPage, type ErrorPageReason } from './pages.ts';
import { clientMetadataOf, createRegistrationRoute, REGISTRATION_PATH } from './registration-route.ts';
import { UnreadableBody } from './request-body.ts';
import { createResourceRoutes, TOPUP_LINK_PATH, USERINFO_PATH } from './resource-routes.ts';
import { createSiteRoutes } from './site-routes.ts';
import { createTopUpPage } from './top-up-page.ts';

const AUTHORIZATION_PATH = '/api/oauth2/authorize';
const TOKEN_PATH = '/api/oauth2/token';
const REVOCATION_PATH = '/api/oauth2/revoke';

const ENDPOINTS = [
  `GET ${AUTHORIZATION_PATH}`,
  `POST ${TOKEN_PATH}`,
  `POST ${REVOCATION_PATH}`,
  `GET ${USERINFO_PATH}`,
  `GET ${TOPUP_LINK_PATH}`,
  `POST ${REGISTRATION_PATH}`,
] as const;

const SCOPES = ['profile', 'balance'];
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** A program error. Its message may quote what was sent, so the log keeps its name and place alone. */
function logFault(error: Error): void {
  if ('code' in error && error.code === 'ECONNRESET') return; // the browser has gone away
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  console.error([`fault: ${error.name}`, ...frames].join('\n'));
}

/** AIHubMix's own rules for the authorization request. The engine asks once it knows that it may redirect there. */
function checkAuthorizationRequest({ oidc }: KoaContextWithOIDC): void {
  if (oidc.params?.state === undefined)
    throw new errors.InvalidRequest('missing required parameter(s): state');
  if (!SCOPES.some((scope) => oidc.requestParamOIDCScopes.has(scope))) {
    throw new errors.InvalidScope('none of the requested scopes is known', String(oidc.params.scope));
  }
}

function errorPageReason(error: Error): ErrorPageReason {
  if (error instanceof errors.InvalidClient) return 'unknownClient';
  if (error instanceof errors.InvalidRedirectUri) return 'foreignRedirectUri';
  if (error instanceof errors.SessionNotFound) return 'expired';
  return error instanceof errors.OIDCProviderError ? 'badRequest' : 'fault';
}

function engineConfiguration(options: {
  config: ProviderConfig;
  accounts: Accounts;
  adapter: AdapterFactory;
}): Configuration {
  const { config, accounts, adapter } = options;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Browsers share cookies between the ports of a host: another provider, or the app, may be on the next one.
  const cookiePrefix = `local_provider_${config.port}`;

  return {
    adapter,
    clients: config.app ? [clientMetadataOf(config.app)] : [],
    // Nothing is ever signed with it: the engine wants one.
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },

    // Plain OAuth 2.0: no OpenID Connect, one response type, a secret for every client.
    scopes: SCOPES,
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    allowOmittingSingleRegisteredRedirectUri: false,
    // RFC 7636: checked when it is used; AIHubMix's documentation does not mention it.
    pkce: { required: () => false },
    extraParams: { auto_authorize: checkAuthorizationRequest },

    routes: {
      authorization: AUTHORIZATION_PATH,
      token: TOKEN_PATH,
      revocation: REVOCATION_PATH,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      revocation: {
        enabled: true,
        // RFC 7009 §2.1 leaves it open what else ends with an access token. Here nothing does; the engine would end
        // all tokens of the grant, whatever revokeGrantPolicy says, so it is ended here instead.
        allowedPolicy: async (_ctx, client, token) => {
          if (token.clientId !== client.clientId) return false;
          if (token.kind !== 'AccessToken') return true;
          await token.destroy();
          return false;
        },
      },
    },

    issueRefreshToken: () => true,
    // RFC 9700 §4.14.2: a refresh token works once; used again, it ends the grant.
    rotateRefreshToken: true,
    // Signing out at the provider is none of the app's business.
    expiresWithSession: () => false,
    // No leeway: a code or token of five seconds ends after five.
    clockTolerance: 0,
    ttl: {
      AccessToken: config.accessTokenSeconds,
      AuthorizationCode: config.codeSeconds,
      RefreshToken: config.refreshTokenSeconds,
      // Outlives the refresh tokens, each of which starts its time anew.
      Grant: Math.max(365 * DAY_SECONDS, config.refreshTokenSeconds),
      Interaction: HOUR_SECONDS,
      Session: 14 * DAY_SECONDS,
    },

    interactions: {
      policy: createInteractionPolicy(),
      url: (_ctx, interaction) => interactionPath(interaction.uid),
    },
    loadExistingGrant: loadGrant,
    findAccount: (_ctx, id) => accounts.find(Number(id)) && { accountId: id, claims: () => ({ sub: id }) },
    renderError: (ctx, out, error) => {
      const detail = [out.error, out.error_description].filter(Boolean).join(': ');
      sendPage(ctx, ctx.status, errorPage(errorPageReason(error), detail));
    },

    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: {
        session: `${cookiePrefix}_session`,
        interaction: `${cookiePrefix}_interaction`,
        resume: `${cookiePrefix}_resume`,
      },
      long: { httpOnly: true, sameSite: 'lax' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
  };
}

/** What goes wrong in our own routes: one place that answers, JSON under /api, a page elsewhere. */
function createErrorAnswers({ openerPolicy }: Pick<ProviderConfig, 'openerPolicy'>): Middleware {
  return async (ctx, next) => {
    setSecurityHeaders(ctx, openerPolicy);
    try {
      await next();
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return sendPage(ctx, 400, errorPage('expired'));
      const isUnreadable = error instanceof UnreadableBody;
      if (!isUnreadable) logFault(error instanceof Error ? error : new Error('not an Error'));
      const status = isUnreadable ? error.status : 500;
      if (!ctx.path.startsWith('/api/'))
        return sendPage(ctx, status, errorPage(isUnreadable ? 'badRequest' : 'fault'));
      sendJson(ctx, status, { error: isUnreadable ? 'invalid_request' : 'server_error' });
    }
  };
}

/**
 * RFC 6749 §3.3: `scope` may be left out, then a documented default applies; unknown ones are ignored beside known
 * ones. That holds for `openid` too, which the engine knows even if it is not configured.
 */
const normalizeScope: Middleware = async (ctx, next) => {
  const { scope = '' } = ctx.query;
  if (ctx.path === AUTHORIZATION_PATH && typeof scope === 'string') {
    const known = scope.split(' ').filter((name) => SCOPES.includes(name));
    if (scope === '') known.push('profile');
    if (known.length > 0) ctx.query = { ...ctx.query, scope: known.join(' ') };
  }
  await next();
};

/** The engine adds `iss` (RFC 9207) to what it sends back to the app. AIHubMix does not. */
function createIssuerRemoval(issuer: string): Middleware {
  return async (ctx, next) => {
    await next();
    const location = ctx.response.get('Location');
    if (!ctx.path.startsWith(AUTHORIZATION_PATH) || !URL.canParse(location)) return;
    const url = new URL(location);
    if (url.searchParams.get('iss') !== issuer) return;
    url.searchParams.delete('iss');
    ctx.set('Location', url.href);
    // The redirect's body repeats the address. (Not null: Koa would make it a 204, which no browser follows.)
    ctx.body = '';
  };
}

/** The engine knows more endpoints (discovery, keys …) than AIHubMix has. */
function isEndpointOfEngine({ path }: RequestContext): boolean {
  return (
    path === TOKEN_PATH || path === REVOCATION_PATH || /^\/api\/oauth2\/authorize(\/[\w-]+)?$/.test(path)
  );
}

const answerNotFound: Middleware = async (ctx, next) => {
  if (isEndpointOfEngine(ctx)) await next();
  if (ctx.status !== 404 || ctx.body) return;
  if (!ctx.path.startsWith('/api/')) return sendPage(ctx, 404, errorPage('notFound'));
  sendJson(ctx, 404, { error: 'not_found' });
};

/**
 * A provider with accounts, apps and keys of its own, which end with it.
 * @returns what a `node:http` server takes
 */
export function createLocalProvider(config: ProviderConfig & { issuer: string }): RequestListener {
  const { issuer: origin } = config;
  const accounts = createAccounts();
  const adapter = createMemoryAdapterFactory();
  const provider = new Provider(origin, engineConfiguration({ config, accounts, adapter }));
  // Behind a proxy that speaks https, cookies are Secure if it says so in X-Forwarded-Proto.
  provider.proxy = origin.startsWith('https:');
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- Koa's hook, in place of its own printing of whole errors
  provider.onerror = logFault;
  provider.on('server_error', (_ctx, error) => logFault(error));

  const topUpPage = createTopUpPage({ provider, accounts, origin });
  provider.use(createErrorAnswers(config));
  provider.use(createIssuerRemoval(origin));
  provider.use(normalizeScope);
  provider.use(createSiteRoutes({ accounts, endpoints: ENDPOINTS }));
  provider.use(createInteractionRoutes({ provider, accounts, origin }));
  provider.use(createResourceRoutes({ provider, accounts, createTopUpUrl: topUpPage.createTopUpUrl }));
  provider.use(topUpPage.routes);
  provider.use(
    createRegistrationRoute({ clients: adapter('Client'), developerToken: config.developerToken }),
  );
  provider.use(answerNotFound);

  const handle = provider.callback();
  return (request, response) => void handle(request, response);
}
