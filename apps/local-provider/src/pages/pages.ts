import { DEMO_PASSWORD } from '../accounts.ts';
import { html, type Html } from './html.ts';
import type { RequestContext } from '../http/middleware.ts';
import { textsFor } from './texts.ts';
import type { Texts } from './texts/en.ts';

export const STYLE_PATH = '/style.css';
export const ICON_PATH = '/icon.svg';

export type ErrorPageReason =
  | 'unknownClient'
  | 'foreignRedirectUri'
  | 'expired'
  | 'ticketExpired'
  | 'notFound'
  | 'badRequest'
  | 'foreignForm'
  | 'fault';

interface Page {
  title: string;
  body: Html;
}

/** Answers with a page in the first of the browser's languages that there are texts for, else in English. */
export function sendPage(ctx: RequestContext, status: number, makePage: (texts: Texts) => Page): void {
  const { locale, texts } = textsFor([ctx.acceptsLanguages()].flat());
  const { title, body } = makePage(texts);
  const document = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · AIHubMix</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
        <link rel="icon" type="image/svg+xml" href="${ICON_PATH}" />
      </head>
      <body>
        <div class="frame">
          <header class="brand">
            <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
              <rect width="32" height="32" rx="9" />
              <path d="M9 22 16 9l7 13M11.7 17.5h8.6" />
            </svg>
            <span>AIHubMix</span>
          </header>
          <main class="card">${body}</main>
          <footer class="stand-in">${texts.standIn}</footer>
        </div>
      </body>
    </html> `;
  ctx.status = status;
  ctx.type = 'html';
  ctx.set('Content-Language', locale);
  ctx.vary('Accept-Language');
  ctx.body = document.source;
}

function demoAccounts(t: Texts, usernames: readonly string[]): Html {
  const names = usernames.map((name, index) => html`${index > 0 && ', '}<code>${name}</code>`);
  return html`<span class="nowrap">${names}</span> ·
    <span class="nowrap">${t.password} <code>${DEMO_PASSWORD}</code></span>`;
}

interface SignInPage {
  appName: string;
  /** The forms are posted to `{path}/sign-in` and `{path}/deny`. */
  path: string;
  usernames: readonly string[];
  /** The username that the user typed with a wrong password. */
  refusedUsername?: string;
}

export function signInPage({ appName, path, usernames, refusedUsername }: SignInPage) {
  const isRefused = refusedUsername !== undefined;
  return (t: Texts): Page => ({
    title: t.signInTitle,
    body: html`
      <h1>${t.signInTitle}</h1>
      <p class="lead">${t.signInTo(appName)}</p>
      ${isRefused && html`<p class="alert" role="alert" id="refusal">${t.wrongPassword}</p>`}
      <form method="post" action="${path}/sign-in" class="stack">
        <div class="field">
          <label for="username">${t.username}</label>
          <input
            id="username"
            name="username"
            type="text"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            value="${refusedUsername}"
            required
            maxlength="200"
            ${isRefused ? html`aria-describedby="refusal"` : html`autofocus`}
          />
        </div>
        <div class="field">
          <label for="password">${t.password}</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            maxlength="200"
            ${isRefused && html`aria-describedby="refusal" autofocus`}
          />
        </div>
        <button class="button primary" data-testid="provider-sign-in">${t.signIn}</button>
      </form>
      <form method="post" action="${path}/deny" class="after">
        <button class="button plain" data-testid="provider-deny">${t.cancel}</button>
      </form>
      <p class="hint">
        <strong>${t.demoAccounts}</strong>
        ${demoAccounts(t, usernames)}
      </p>
    `,
  });
}

interface ConsentPage {
  appName: string;
  path: string;
  username: string;
  email: string;
  scopes: ReadonlySet<string>;
  redirectHost: string;
}

export function consentPage({ appName, path, username, email, scopes, redirectHost }: ConsentPage) {
  return (t: Texts): Page => ({
    title: t.consentTitle(appName),
    body: html`
      <h1>${t.consentTitle(appName)}</h1>
      <div class="account">
        <span class="avatar" aria-hidden="true">${username.slice(0, 1).toUpperCase()}</span>
        <p class="who">
          <span class="hidden">${t.signedInAs}</span>
          <strong data-testid="provider-account">${username}</strong>
          <span class="small">${email}</span>
        </p>
        <a href="${path}/sign-in" data-testid="provider-another-account">${t.anotherAccount}</a>
      </div>
      <h2>${t.appWillSee}</h2>
      <ul class="scopes">
        ${scopes.has('profile') && html`<li data-scope="profile">${t.scopeProfile}</li>`}
        ${scopes.has('balance') && html`<li data-scope="balance">${t.scopeBalance}</li>`}
        <li>${t.scopeAlways}</li>
      </ul>
      <div class="choices">
        <form method="post" action="${path}/allow">
          <button class="button primary" data-testid="provider-allow">${t.continueAs(username)}</button>
        </form>
        <form method="post" action="${path}/deny">
          <button class="button secondary" data-testid="provider-deny">${t.deny}</button>
        </form>
      </div>
      <p class="hint">${t.consentNote} <span>${t.returnsTo(redirectHost)}.</span></p>
    `,
  });
}

interface TopUpPage {
  username: string;
  balance: string;
  ticket: string;
  isToppedUp: boolean;
}

export function topUpPage({ username, balance, ticket, isToppedUp }: TopUpPage) {
  return (t: Texts): Page => ({
    title: t.topUpTitle,
    body: html`
      <h1>${t.topUpTitle}</h1>
      <div class="account">
        <span class="avatar" aria-hidden="true">${username.slice(0, 1).toUpperCase()}</span>
        <strong data-testid="provider-account">${username}</strong>
      </div>
      <dl class="balance">
        <dt>${t.currentBalance}</dt>
        <dd data-testid="provider-balance">${balance}</dd>
      </dl>
      ${isToppedUp && html`<p class="done" role="status">${t.toppedUp}</p>`}
      <form method="post" action="/topup">
        <input type="hidden" name="ticket" value="${ticket}" />
        <button class="button ${isToppedUp ? 'secondary' : 'primary'}" data-testid="provider-top-up">
          ${t.topUp}
        </button>
      </form>
      <p class="hint">${t.topUpNote}</p>
    `,
  });
}

/** `detail` is the engine's error code and description, for the developer of the app. */
export function errorPage(reason: ErrorPageReason, detail?: string) {
  return (t: Texts): Page => ({
    title: t.errorTitle,
    body: html`
      <h1>${t.errorTitle}</h1>
      <p class="alert" role="alert" data-reason="${reason}">${t[reason]}</p>
      <p>${t[`${reason}Next`]}</p>
      ${detail !== undefined && html`<p class="hint">${t.errorForDevelopers}: <code>${detail}</code></p>`}
    `,
  });
}

export function homePage({
  usernames,
  endpoints,
}: {
  usernames: readonly string[];
  endpoints: readonly string[];
}) {
  return (t: Texts): Page => ({
    title: t.homeTitle,
    body: html`
      <h1>${t.homeTitle}</h1>
      <p>${t.homeLead}</p>
      <p>${t.homeNext}</p>
      <h2>${t.demoAccounts}</h2>
      <p>${demoAccounts(t, usernames)}</p>
      <h2>${t.homeEndpoints}</h2>
      <ul class="endpoints">
        ${endpoints.map((endpoint) => html`<li><code>${endpoint}</code></li>`)}
      </ul>
    `,
  });
}
