import type { Provider } from 'oidc-provider';
import { formatBalance, type Account, type Accounts } from '../accounts.ts';
import { readBearerToken, refuseBearerToken } from '../http/bearer-token.ts';
import { sendJson, type Middleware } from '../http/middleware.ts';
import { PATHS } from '../endpoint-paths.ts';

/** Leaves out the fields that no granted scope covers. */
function userinfoOf(account: Account, scopes: ReadonlySet<string>) {
  const { id, username, email, quota, usedQuota, createdTime, status } = account;
  return {
    id,
    ...(scopes.has('profile') && { username, email }),
    ...(scopes.has('balance') && { quota, used_quota: usedQuota, balance_formatted: formatBalance(account) }),
    created_time: createdTime,
    status,
  };
}

/** The two endpoints that require an access token: userinfo and the top-up link. */
export function createResourceRoutes(options: {
  provider: Provider;
  accounts: Accounts;
  createTopUpUrl: (account: Account) => string;
}): Middleware {
  const { provider, accounts, createTopUpUrl } = options;

  return async (ctx, next) => {
    if (ctx.method !== 'GET' || (ctx.path !== PATHS.userinfo && ctx.path !== PATHS.topUpLink)) return next();

    const accessToken = await provider.AccessToken.find(readBearerToken(ctx) ?? '');
    const account = accessToken && accounts.find(Number(accessToken.accountId));
    if (!account) return refuseBearerToken(ctx);

    if (ctx.path === PATHS.topUpLink) return sendJson(ctx, 200, { topup_url: createTopUpUrl(account) });
    return sendJson(ctx, 200, userinfoOf(account, accessToken.scopes));
  };
}
