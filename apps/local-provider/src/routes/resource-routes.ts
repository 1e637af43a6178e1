import type { Provider } from 'oidc-provider';
import { formatBalance, type Account, type Accounts } from './accounts.ts';
import { sendJson, type Middleware, type RequestContext } from './middleware.ts';

export const USERINFO_PATH = '/api/oauth2/userinfo';
export const TOPUP_LINK_PATH = '/api/oauth2/topup';

/** RFC 6750 §2.1: the header only, neither the body nor the query string. */
export function readBearerToken(ctx: RequestContext): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('Authorization'))?.[1];
}

/** RFC 6750 §3: a request without a token is told the scheme only, one with a bad token what is wrong with it. */
export function refuseBearerToken(ctx: RequestContext): void {
  ctx.set('WWW-Authenticate', ctx.get('Authorization') === '' ? 'Bearer' : 'Bearer error="invalid_token"');
  sendJson(ctx, 401, { error: 'invalid_token' });
}

/** Fields that a scope does not cover are left out. */
function userinfoOf(account: Account, scopes: ReadonlySet<string>) {
  const { id, username, email, quota, usedQuota, createdTime, status } = account;
  return {
    id,
    ...(scopes.has('profile') ? { username, email } : {}),
    ...(scopes.has('balance')
      ? { quota, used_quota: usedQuota, balance_formatted: formatBalance(account) }
      : {}),
    created_time: createdTime,
    status,
  };
}

/** What an access token opens. */
export function createResourceRoutes(options: {
  provider: Provider;
  accounts: Accounts;
  createTopUpUrl: (account: Account) => string;
}): Middleware {
  const { provider, accounts, createTopUpUrl } = options;

  return async (ctx, next) => {
    if (ctx.method !== 'GET' || (ctx.path !== USERINFO_PATH && ctx.path !== TOPUP_LINK_PATH)) return next();

    const accessToken = await provider.AccessToken.find(readBearerToken(ctx) ?? '');
    const account = accessToken && accounts.find(Number(accessToken.accountId));
    if (!account) return refuseBearerToken(ctx);

    if (ctx.path === TOPUP_LINK_PATH) return sendJson(ctx, 200, { topup_url: createTopUpUrl(account) });
    return sendJson(ctx, 200, userinfoOf(account, accessToken.scopes));
  };
}
