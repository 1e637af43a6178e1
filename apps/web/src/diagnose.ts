import type { ErrorDetails, SignInClient } from '@oneclick/sign-in';

/*
 * For operators and for support, so in English. Loaded with `?debug` in the address, or if a server shows the app in place of a
 * page of the sign-in window.
 */

export function diagnose(client: SignInClient): void {
  if (location.pathname.startsWith('/oauth/')) nameFallback();
  if (new URLSearchParams(location.search).has('debug')) printTimeline(client);
}

/** No sign-in can finish here: the script that hands it over to the tab is on the page that the server has replaced. */
function nameFallback(): void {
  history.replaceState(null, '', location.pathname); // RFC 9700 §4.3.1: the code leaves the address and the history.
  const hint = document.createElement('p');
  hint.role = 'alert';
  hint.lang = 'en';
  hint.className = 'hint';
  hint.dataset['testid'] = 'fallback';
  hint.textContent =
    `If you operate this app: the server answers ${location.pathname} with index.html. The sign-in can’t finish. ` +
    'Serve the files below /oauth/ as they are, without a fallback to index.html.';
  document.body.append(hint);
}

/**
 * Prints each change of the session and each event of a sign-in to the console, with the milliseconds since the page
 * was loaded. A user can read it to support on the phone. It contains status, steps, error codes and request ids, and
 * no secret, because neither sessions nor events contain one.
 */
function printTimeline({ subscribe, getSession, onEvent }: SignInClient): void {
  const printSession = () => {
    // Without the session id, the methods and the transaction.
    const { status, step, error, warning } = {
      step: undefined,
      error: undefined,
      warning: undefined,
      ...getSession(),
    };
    print(JSON.stringify({ status, step, ...error, ...warning }));
    const failure = error ?? warning;
    if (failure?.code === 'api_unreachable') print(explainUnreachable(failure));
  };
  printSession();
  subscribe(printSession);
  onEvent((event) => print(JSON.stringify(event)), { replay: true });
}

function explainUnreachable({ status }: ErrorDetails): string {
  const given = document.querySelector<HTMLMetaElement>('meta[name="api-origin"]')?.content;
  const address = `${given || location.origin}/api/oauth/`;
  return status === undefined
    ? `${address} gave no answer that this page may read. If the API runs there, either connect-src in the ` +
        `Content-Security-Policy of this page lacks that address, or WEB_ORIGIN or API_ORIGIN of the API does not fit: this page is ` +
        `on ${location.origin}.`
    : `${address} was answered with status ${status}, but not by the API. Does a proxy pass this path on, and does the API run?`;
}

function print(text: string): void {
  console.info(`[sign-in] ${Math.round(performance.now())} ms ${text}`);
}
