import { randomBytes } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import { formatBalance, type Account, type Accounts } from './accounts.ts';
import { seeOther, type Middleware, type RequestContext } from './middleware.ts';
import { formSource } from './page-guard.ts';
import { errorPage, sendPage, topUpPage } from './pages.ts';
import { readForm } from './request-body.ts';

const TOP_UP_PATH = '/topup';
const TICKET_LIFETIME_MS = 10 * 60_000;

/**
 * The page behind `topup_url`. Its link carries a ticket: random, good for one account and ten minutes, and for
 * nothing but looking at that account's balance and topping it up. So the page opens in any browser, signed in
 * here or not; the access token never gets into an address.
 */
export function createTopUpPage(options: { provider: Provider; accounts: Accounts; origin: string }): {
  createTopUpUrl: (account: Account) => string;
  routes: Middleware;
} {
  const { provider, accounts, origin } = options;
  const tickets = new Map<string, { accountId: number; expiresAtMs: number }>();

  function createPath(account: Account): string {
    const nowMs = Date.now();
    for (const [ticket, { expiresAtMs }] of tickets) if (expiresAtMs <= nowMs) tickets.delete(ticket);
    const ticket = randomBytes(32).toString('base64url');
    tickets.set(ticket, { accountId: account.id, expiresAtMs: nowMs + TICKET_LIFETIME_MS });
    return `${TOP_UP_PATH}?${new URLSearchParams({ ticket }).toString()}`;
  }

  function accountOfTicket(ticket: string): Account | undefined {
    const found = tickets.get(ticket);
    return found && found.expiresAtMs > Date.now() ? accounts.find(found.accountId) : undefined;
  }

  async function show(ctx: RequestContext) {
    const query = new URLSearchParams(ctx.querystring);
    const ticket = query.get('ticket') ?? '';
    const account = accountOfTicket(ticket);
    if (account) {
      const { username } = account;
      const isToppedUp = query.has('done');
      return sendPage(ctx, 200, topUpPage({ username, balance: formatBalance(account), ticket, isToppedUp }));
    }

    // An old link in a browser that is still signed in here: a new ticket for that account.
    const session = await provider.Session.get(ctx);
    const signedIn = accounts.find(Number(session.accountId));
    return signedIn ? seeOther(ctx, createPath(signedIn)) : sendPage(ctx, 410, errorPage('ticketExpired'));
  }

  async function topUp(ctx: RequestContext) {
    // Under this page's `no-referrer` a browser may be unable to tell whose form it is. The ticket can.
    if (formSource(ctx, origin) === 'foreign') return sendPage(ctx, 403, errorPage('foreignForm'));
    const ticket = (await readForm(ctx)).get('ticket') ?? '';
    const account = accountOfTicket(ticket);
    if (!account) return sendPage(ctx, 410, errorPage('ticketExpired'));

    accounts.topUp(account);
    return seeOther(ctx, `${TOP_UP_PATH}?${new URLSearchParams({ ticket, done: '1' }).toString()}`);
  }

  return {
    createTopUpUrl: (account) => `${origin}${createPath(account)}`,
    routes: async (ctx, next) => {
      if (ctx.path !== TOP_UP_PATH) return next();
      ctx.set('Referrer-Policy', 'no-referrer');
      if (ctx.method === 'GET') return show(ctx);
      if (ctx.method === 'POST') return topUp(ctx);
      return next();
    },
  };
}
