import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Provider } from 'oidc-provider';
import { formatBalance, type Account, type Accounts } from '../accounts.ts';
import { formSource } from '../http/form-source.ts';
import { seeOther, type Middleware, type RequestContext } from '../http/middleware.ts';
import { readForm } from '../http/request-body.ts';
import { errorPage, sendPage, topUpPage } from '../pages/pages.ts';

const TOP_UP_PATH = '/topup';
const TICKET_LIFETIME_MS = 10 * 60_000;

export interface TopUpRoutes {
  /** Returns a link to the top-up page of this account. */
  createTopUpUrl: (account: Account) => string;
  routes: Middleware;
}

function topUpPath(query: { ticket: string; done?: '1' }): string {
  return `${TOP_UP_PATH}?${new URLSearchParams(query).toString()}`;
}

/**
 * The page behind `topup_url`. Its link contains a random ticket. For ten minutes the ticket allows its holder to see the
 * balance of one account and to top it up, and nothing else. The page therefore works in any browser, whether or not the
 * user is signed in there, and no address contains an access token.
 */
export function createTopUpRoutes(options: {
  provider: Provider;
  accounts: Accounts;
  origin: string;
}): TopUpRoutes {
  const { provider, accounts, origin } = options;
  // The default is `performance.now`, which the tests cannot move.
  const accountOfTicket = new LRUCache<string, Account>({
    max: 10_000,
    ttl: TICKET_LIFETIME_MS,
    perf: { now: () => Date.now() },
  });

  function createPath(account: Account): string {
    const ticket = randomBytes(32).toString('base64url');
    accountOfTicket.set(ticket, account);
    return topUpPath({ ticket });
  }

  async function showPage(ctx: RequestContext) {
    const query = new URLSearchParams(ctx.querystring);
    const ticket = query.get('ticket') ?? '';
    const account = accountOfTicket.get(ticket);
    if (account) {
      const { username } = account;
      const isToppedUp = query.has('done');
      return sendPage(ctx, 200, topUpPage({ username, balance: formatBalance(account), ticket, isToppedUp }));
    }

    // A browser that is signed in here gets a new ticket for an expired one.
    const session = await provider.Session.get(ctx);
    const signedIn = accounts.find(Number(session.accountId));
    return signedIn ? seeOther(ctx, createPath(signedIn)) : sendPage(ctx, 410, errorPage('ticketExpired'));
  }

  async function topUp(ctx: RequestContext) {
    // This page is served with `no-referrer`, so the source of its own form can be unknown. The ticket protects the form.
    if (formSource(ctx, origin) === 'foreign') return sendPage(ctx, 403, errorPage('foreignForm'));
    const ticket = (await readForm(ctx)).get('ticket') ?? '';
    const account = accountOfTicket.get(ticket);
    if (!account) return sendPage(ctx, 410, errorPage('ticketExpired'));

    accounts.topUp(account);
    return seeOther(ctx, topUpPath({ ticket, done: '1' }));
  }

  return {
    createTopUpUrl: (account) => `${origin}${createPath(account)}`,
    routes: async (ctx, next) => {
      if (ctx.path !== TOP_UP_PATH) return next();
      ctx.set('Referrer-Policy', 'no-referrer');
      if (ctx.method === 'GET') return showPage(ctx);
      if (ctx.method === 'POST') return topUp(ctx);
      return next();
    },
  };
}
