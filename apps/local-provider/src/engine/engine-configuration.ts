import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { errors, type AdapterFactory, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { Accounts } from '../accounts.ts';
import type { ProviderConfig } from '../config.ts';
import { errorPage, sendPage, type ErrorPageReason } from '../pages/pages.ts';
import { PATHS } from '../endpoint-paths.ts';
import { interactionPath } from '../routes/interaction-routes.ts';
import { clientMetadataOf } from './client-metadata.ts';
import { createInteractionPolicy, loadExistingGrant } from './consent-policy.ts';

export const SCOPES = ['profile', 'balance'];

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** AIHubMix's own rules for the authorization request. The engine calls this after it has checked the redirect URI. */
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

/** Configures oidc-provider as plain OAuth 2.0 with AIHubMix's paths, scopes and consent. */
export function engineConfiguration(options: {
  config: ProviderConfig;
  accounts: Accounts;
  adapter: AdapterFactory;
}): Configuration {
  const { config, accounts, adapter } = options;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // The port is in the names, because browsers share cookies between all ports of a host.
  const cookiePrefix = `local_provider_${config.port}`;

  return {
    adapter,
    clients: config.app ? [clientMetadataOf(config.app)] : [],
    // The engine requires a key, although this configuration never signs anything.
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },

    // Plain OAuth 2.0: no OpenID Connect, one response type, a secret for every client.
    scopes: SCOPES,
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    allowOmittingSingleRegisteredRedirectUri: false,
    // RFC 7636: checked when a request uses it. AIHubMix's documentation does not mention PKCE.
    pkce: { required: () => false },
    extraParams: { auto_authorize: checkAuthorizationRequest },

    routes: { authorization: PATHS.authorization, token: PATHS.token, revocation: PATHS.revocation },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      revocation: {
        enabled: true,
        // RFC 7009 §2.1 lets a provider decide what else ends with an access token. Here only that token ends. The
        // engine would end all tokens of the grant, whatever revokeGrantPolicy returns. So this policy destroys the
        // access token itself and keeps the engine from continuing.
        allowedPolicy: async (_ctx, client, token) => {
          if (token.clientId !== client.clientId) return false;
          if (token.kind !== 'AccessToken') return true;
          await token.destroy();
          return false;
        },
      },
    },

    issueRefreshToken: () => true,
    // RFC 9700 §4.14.2: a refresh token works once. A second use ends the grant.
    rotateRefreshToken: true,
    // Tokens stay valid when the user signs out at the provider.
    expiresWithSession: () => false,
    // No leeway: a code or token with a lifetime of five seconds expires after five seconds.
    clockTolerance: 0,
    ttl: {
      AccessToken: config.accessTokenSeconds,
      AuthorizationCode: config.codeSeconds,
      RefreshToken: config.refreshTokenSeconds,
      // Longer than any refresh token, because each new refresh token restarts its own lifetime.
      Grant: Math.max(365 * DAY_SECONDS, config.refreshTokenSeconds),
      Interaction: HOUR_SECONDS,
      Session: 14 * DAY_SECONDS,
    },

    interactions: {
      policy: createInteractionPolicy(),
      url: (_ctx, interaction) => interactionPath(interaction.uid),
    },
    loadExistingGrant,
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
