import type { Userinfo } from '@oneclick/shared/messages';
import type { Session } from './session/session.ts';
import type { SignInEvent } from './sign-in/sign-in-event.ts';

/**
 * Options of `createSignInClient`.
 * @example
 * const options: SignInClientOptions = { apiOrigin: 'https://api.example.com' };
 */
export interface SignInClientOptions {
  /**
   * The origin of the API.
   * @default the content of `<meta name="api-origin">`, or else the page's own origin
   * @example
   * createSignInClient({ apiOrigin: 'https://api.example.com' });
   */
  apiOrigin?: string;
  /**
   * Other servers of yours to which `fetchWithAccessToken` may send the access token: https origins, and http on this
   * machine. Creating the client throws a `TypeError` for anything else.
   * @default []
   * @example
   * createSignInClient({ tokenOrigins: ['https://usage.example.com'] });
   */
  tokenOrigins?: readonly string[];
  /**
   * Your own servers, which learn from `client.fetch` who is signed in: https origins, and http on this machine. Name the
   * origin of the page, too, if a server of yours is there. Creating the client throws a `TypeError` for anything else.
   * @default []
   * @example
   * createSignInClient({ ownOrigins: ['https://shop.example.com'] });
   */
  ownOrigins?: readonly string[];
}

/**
 * Options of `signIn`.
 * @example
 * const request: SignInRequest = { mode: 'redirect', returnTo: '/checkout' };
 */
export interface SignInRequest {
  /**
   * `popup` opens a window. It goes on in this tab if the browser blocks the window, in an app's built-in browser, and in
   * an installed web app. `redirect` goes on in this tab from the start.
   * @default 'popup'
   */
  mode?: 'popup' | 'redirect';
  /**
   * A path of this app, for a sign-in that goes on in this tab: the user comes back to it. Another origin counts
   * as `/`.
   * @default the page that the user is on
   * @example
   * client.signIn({ mode: 'redirect', returnTo: '/checkout?step=2' });
   */
  returnTo?: string;
}

/**
 * The tab with the provider's top-up page.
 * @example
 * const tab = await client.topUp();
 * if (tab.closed) await refetch();
 */
export interface TopUpTab {
  /** Whether the user has closed it. Its content belongs to the provider, and nothing else can be read from it. */
  readonly closed: boolean;
}

/**
 * The account that came with the token, in the answer that signed the user in.
 * @example
 * const initial: InitialUserinfo = { userinfo: { id: 12345, username: 'user123' }, readAtMs: Date.now() };
 */
export interface InitialUserinfo {
  readonly userinfo: Userinfo;
  /** When it was read: milliseconds as in `Date.now()`. */
  readonly readAtMs: number;
}

/**
 * The sign-in of one tab. It has the access token in a closure: no method returns it, and no property contains it.
 * All methods may be passed on without their object.
 * @example
 * const client: SignInClient = createSignInClient();
 * const { signIn, signOut } = client;
 */
export interface SignInClient {
  /**
   * The session as it is now. The same object until it changes, as `useSyncExternalStore` asks for.
   * @example
   * if (client.getSession().isSignedIn) showAccount();
   */
  getSession(this: void): Session;

  /**
   * Calls back after each change of the session. Returns the undo.
   * @example
   * const unsubscribe = client.subscribe(() => render(client.getSession()));
   */
  subscribe(this: void, onChange: () => void): () => void;

  /**
   * Asks the API for the provider's address before the click, so that the click goes straight there. Call it when the
   * pointer or the focus reaches the button. Calling it often costs nothing.
   * @example
   * <button onPointerEnter={client.prepareSignIn} onFocus={client.prepareSignIn} onClick={() => client.signIn()}>
   */
  prepareSignIn(this: void): void;

  /**
   * Starts a sign-in. Call it in the click itself: a browser blocks a window that opens after anything awaited.
   * Does nothing unless the session is `signed-out`.
   * @example
   * button.addEventListener('click', () => client.signIn());
   */
  signIn(this: void, request?: SignInRequest): void;

  /**
   * Signs out in all tabs at once, then at the API. Resolves when the API has answered. If the API can't be reached,
   * the user stays signed out here, and the next page load reports the sign-out.
   * @example
   * button.addEventListener('click', () => void client.signOut());
   */
  signOut(this: void): Promise<void>;

  /**
   * Removes the `warning`, and retries now the request that failed with it. The client also retries by itself, later.
   * @example
   * {session.status === 'loading' && session.warning && <button onClick={client.tryAgain}>Try again</button>}
   */
  tryAgain(this: void): void;

  /**
   * Reads the account of the user. Refreshes the token and tries once more after a 401.
   * @throws {SignInError} or the reason of the signal, if the signal aborts the request
   * @see https://docs.aihubmix.com/en/api/Auth for the fields
   * @example
   * const { username, balance_formatted } = await client.fetchUserinfo();
   */
  fetchUserinfo(this: void, options?: { signal?: AbortSignal }): Promise<Userinfo>;

  /**
   * The account that came with the token, so that the first render after a sign-in or a reload needs no request. With
   * React Query, `useUser()` starts with it. Undefined once `fetchUserinfo` has read a newer one, for a session other
   * than the present one, and if the API did not send it: then call `fetchUserinfo`.
   * @param sessionId of the signed-in session
   * @example
   * const user = client.getInitialUserinfo(session.sessionId)?.userinfo ?? (await client.fetchUserinfo());
   */
  getInitialUserinfo(this: void, sessionId: string): InitialUserinfo | undefined;

  /**
   * GET with the access token, to a path of the API or to a URL of one of the `tokenOrigins`. Refreshes the token and
   * tries once more after a 401. Follows no redirect. Only the API's own answers end the session: the error of another
   * server becomes an `api_bad_answer` or an `api_unreachable` with its `status` and its `body`.
   * @param target a path below the API's origin, or a URL of a token origin: the token is sent nowhere else
   * @param options.parse checks the body and returns the result; an error that it throws becomes an `api_bad_answer`. The
   * body is the parsed JSON. Of another server it may also be a text that is no JSON
   * @throws {TypeError} for any other target
   * @throws {SignInError} or the reason of the signal, if the signal aborts the request
   * @example
   * const usage = await client.fetchWithAccessToken('/api/usage', { parse: (body) => v.parse(Usage, body) });
   */
  fetchWithAccessToken<T>(
    this: void,
    target: string,
    options: { parse: (body: unknown) => T; signal?: AbortSignal },
  ): Promise<T>;

  /**
   * `fetch` to one of the `ownOrigins`, with an identity token in the header `Authorization`: the server checks it, and
   * knows who is signed in. Every method, header and body works, and the answer is the one of `fetch`.
   *
   * The client asks the API for the token, keeps it in memory for up to five minutes, and forgets it with the session. If
   * the server answers 401 with `WWW-Authenticate: Bearer error="invalid_token"`, the request is sent once more with a
   * fresh token. A body that is a `ReadableStream` can't be sent twice: then the promise resolves to the 401, and the next
   * request has a fresh token. No answer of a server ends the session.
   *
   * There is no time limit: pass a `signal`. A redirect rejects, because the token must not reach another origin.
   * @param target a URL of an own origin, or one relative to the page
   * @throws {TypeError} for another origin, before anything is sent; as `fetch` does, without a connection
   * @throws {SignInError} if nobody is signed in, or the API gives no token
   * @example
   * const response = await client.fetch('https://shop.example.com/orders', { method: 'POST', body: JSON.stringify(order) });
   */
  fetch(this: void, target: string | URL, init?: Omit<RequestInit, 'redirect'>): Promise<Response>;

  /**
   * Opens the provider's top-up page in a new tab. Call it in the click itself. Read the userinfo again when the user
   * comes back.
   * @throws {SignInError} `tab_blocked` if the browser opened no tab, `unsafe_topup_url` if the link is not safe
   * @example
   * button.addEventListener('click', () => client.topUp().catch(showError));
   */
  topUp(this: void): Promise<TopUpTab>;

  /**
   * Calls back with each event from now on. An error in the listener is reported as uncaught and does not affect the
   * sign-in. Returns the undo. One function gets each event once, however often it is added: in an effect, add a function
   * that stays the same, because React's StrictMode runs the effect twice.
   * @param options.replay first calls back with the events since the page was loaded
   * @example
   * const stop = client.onEvent((event) => console.info(event.type));
   */
  onEvent(this: void, listener: (event: SignInEvent) => void, options?: { replay?: boolean }): () => void;

  /**
   * Stops all timers and listeners. The user stays signed in, for the next client.
   * @example
   * import.meta.hot?.dispose(client.close);
   */
  close(this: void): void;
}
