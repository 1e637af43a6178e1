import type { Session, SignInClient, SignInEvent, Userinfo } from './index.ts';
import { SignInError } from './index.ts';
import { type SessionData, toSession } from './session/session.ts';
import { createEventLog } from './sign-in/event-log.ts';

/**
 * A session without `isSignedIn` and `hasScope`, which the fake adds.
 * @example
 * const session: FakeSession = { status: 'signed-out', step: 'idle' };
 */
export type FakeSession = SessionData;

/**
 * Options of {@link createFakeSignInClient}.
 * @example
 * const options: FakeSignInClientOptions = { user: { username: 'user123' }, scopes: ['profile'] };
 */
export interface FakeSignInClientOptions {
  /** The account that `fetchUserinfo` returns and that `signIn` signs in. Without `session`, it is signed in. */
  user?: Partial<Userinfo>;
  /**
   * The scopes that the user has granted.
   * @default ['profile', 'balance']
   */
  scopes?: readonly string[];
  /**
   * The session at the start.
   * @default signed in if there is a `user`, else signed out
   * @example
   * createFakeSignInClient({ session: { status: 'signed-out', step: 'ended', error: { code: 'session_expired' } } });
   */
  session?: FakeSession;
  /**
   * By path or URL, as the code under test asks for it: the body that `fetchWithAccessToken` gives to `parse`, and that `fetch`
   * answers as JSON. `fetch` answers a `Response` as it is.
   * @example
   * createFakeSignInClient({ user: {}, responses: { 'https://shop.example.com/orders': [{ id: 1 }] } });
   */
  responses?: Record<string, unknown>;
}

/**
 * A call of a method of the client by the code under test.
 * @example
 * { method: 'signIn', args: [{ mode: 'redirect' }] }
 */
export interface FakeCall {
  method: keyof SignInClient;
  args: readonly unknown[];
}

/**
 * A {@link SignInClient} without network, window or storage.
 * @example
 * const fake: FakeSignInClient = createFakeSignInClient();
 */
export interface FakeSignInClient extends SignInClient {
  /** The calls of the methods that have an effect, in the order in which the code under test made them. */
  readonly calls: readonly FakeCall[];
  /**
   * Changes the session, as a sign-in, another tab or an expired session would.
   * @example
   * act(() => fake.setSession({ status: 'signing-in', step: 'exchanging-code' }));
   */
  setSession(session: FakeSession): void;
  /**
   * Calls the listeners of `onEvent`.
   * @example
   * fake.emit({ type: 'window-blocked' });
   */
  emit(event: SignInEvent): void;
}

const JSON_HEADERS = { headers: { 'Content-Type': 'application/json' } };

/**
 * A client for the tests of your own components. `signIn` signs in `user` at once, and `signOut` signs out. Without a
 * `user`, `signIn` waits for the provider until the test calls `setSession`.
 *
 * @example
 * const fake = createFakeSignInClient({ user: { username: 'user123', balance_formatted: '750.00' } });
 * render(<SignInProvider client={fake}><App /></SignInProvider>);
 * await userEvent.click(screen.getByText('Sign out'));
 * expect(fake.calls).toEqual([{ method: 'signOut', args: [] }]);
 */
export function createFakeSignInClient({
  user,
  scopes = ['profile', 'balance'],
  session: initialSession,
  responses = {},
}: FakeSignInClientOptions = {}): FakeSignInClient {
  const signedIn: FakeSession = { status: 'signed-in', sessionId: 'fake-session', scopes };
  const signedOut: FakeSession = { status: 'signed-out', step: 'idle' };
  let session = toSession(initialSession ?? (user ? signedIn : signedOut));
  const calls: FakeCall[] = [];
  const events = createEventLog((deliverAll) => deliverAll());
  const sessionListeners = new Set<() => void>();

  const record = (method: keyof SignInClient, ...args: unknown[]) =>
    void calls.push({ method, args: args.filter((argument) => argument !== undefined) });

  function setSession(next: FakeSession): void {
    session = toSession(next);
    for (const listener of sessionListeners) listener();
  }

  function refuseUnlessSignedIn(): void {
    if (!session.isSignedIn) throw new SignInError('no_session', { status: 401 });
  }

  function respond(target: string): unknown {
    refuseUnlessSignedIn();
    if (!(target in responses))
      throw new Error(`The fake needs a body for ${target} in its option "responses".`);
    return responses[target];
  }

  return {
    calls,
    setSession,
    emit: events.record,
    getSession: (): Session => session,
    subscribe(onChange) {
      sessionListeners.add(onChange);
      return () => void sessionListeners.delete(onChange);
    },
    onEvent: events.onEvent,
    prepareSignIn: () => record('prepareSignIn'),
    signIn(request) {
      record('signIn', request);
      const cancel = () => setSession(signedOut);
      setSession(
        user ? signedIn : { status: 'signing-in', step: 'waiting-for-provider', transaction: { cancel } },
      );
    },
    async signOut() {
      record('signOut');
      setSession(signedOut);
    },
    tryAgain: () => record('tryAgain'),
    async fetchUserinfo() {
      refuseUnlessSignedIn();
      return { id: 1, ...user };
    },
    // The account comes from `fetchUserinfo` alone, so that a test can make it fail or wait.
    getInitialUserinfo: () => undefined,
    async fetchWithAccessToken(path, { parse }) {
      record('fetchWithAccessToken', path);
      return parse(respond(path));
    },
    async fetch(target, init) {
      record('fetch', target, init);
      const body = respond(String(target));
      return body instanceof Response ? body.clone() : new Response(JSON.stringify(body), JSON_HEADERS);
    },
    async topUp() {
      record('topUp');
      refuseUnlessSignedIn();
      return { closed: false };
    },
    close: () => record('close'),
  };
}
