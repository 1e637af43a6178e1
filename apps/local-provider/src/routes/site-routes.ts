import { readFileSync } from 'node:fs';
import type { Accounts } from '../accounts.ts';
import { sendJson, type Middleware } from '../http/middleware.ts';
import { homePage, ICON_PATH, sendPage, STYLE_PATH } from '../pages/pages.ts';
import { PATHS } from '../endpoint-paths.ts';

const style = readFileSync(new URL('../pages/style.css', import.meta.url), 'utf8');

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#2f5be0"/><path d="M9 22 16 9l7 13M11.7 17.5h8.6" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const ENDPOINTS = [
  `GET ${PATHS.authorization}`,
  `POST ${PATHS.token}`,
  `POST ${PATHS.revocation}`,
  `GET ${PATHS.userinfo}`,
  `GET ${PATHS.topUpLink}`,
  `POST ${PATHS.registration}`,
];

/** The home page, its stylesheet and icon, and the health check. */
export function createSiteRoutes({ usernames }: Accounts): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    switch (ctx.path) {
      case '/':
        return sendPage(ctx, 200, homePage({ usernames, endpoints: ENDPOINTS }));
      case '/healthz':
        return sendJson(ctx, 200, { status: 'ok' });
      case STYLE_PATH:
        ctx.type = 'css';
        ctx.set('Cache-Control', 'max-age=60');
        ctx.body = style;
        return undefined;
      case ICON_PATH:
        ctx.type = 'svg';
        ctx.set('Cache-Control', 'max-age=60');
        ctx.body = icon;
        return undefined;
      default:
        return next();
    }
  };
}
