import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, STATE, userinfo } from '../../test/answers.ts';
import { handOver } from '../../test/hand-over-as-callback-page.ts';
import { API, serve, useApiServer } from '../../test/api-server.ts';
import { stubWindowOpen } from '../../test/stub-window-open.ts';
import { createApiClient } from '../api/api-client.ts';
import { offerAuthorizationResponse } from '../hand-over/hand-over.ts';
import { createSession, type Session } from './tab-session.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';
import type { SessionState } from './session-state.ts';
import type { SignInEvent } from '../sign-in/old-event.ts';
import { leaveOutcome } from '../sign-in/sign-in-outcome.ts';

useApiServer();

let session: Session;
beforeEach(() => {
  session = createSession({ api: createApiClient({ origin: API }) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  session.close();
});

const until = (name: SessionState['name']) => vi.waitFor(() => expect(session.getSnapshot().name).toBe(name));
const fetchUserinfo = () => session.fetchWithAccessToken('/api/oauth/userinfo', { parse: (body) => body });

/** What is on its way already arrives. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

const stored = (storage: Storage) =>
  Array.from({ length: storage.length }, (_, index) => storage.getItem(storage.key(index) ?? ''));

function record() {
  const events: SignInEvent[] = [];
  return { events, forget: session.onSignInEvent((event) => events.push(event)) };
}

async function startSignIn() {
  const starts = serve('start', answer.start);
  const opened = stubWindowOpen();
  await session.restore();
  session.signIn();
  const openedOn = opened[0]?.url;
  await vi.waitFor(() => expect(session.getSnapshot()).toMatchObject({ name: 'window-waiting' }));
  return { popup: opened[0]!, openedOn, opened, starts };
}

async function signedIn(changes?: Parameters<typeof answer.token>[0]) {
  writeSessionMark('signed-in');
  serve('session', () => answer.token(changes));
  await session.restore();
  expect(session.getSnapshot().name).toBe('signed-in');
}

describe('signing in', () => {
  test('opens the window in the click, hands the answer over and exchanges it once', async () => {
    const exchanges = serve('exchangeToken', () => answer.token());
    const { popup, openedOn } = await startSignIn();
    expect(openedOn).toBe('/oauth/opening.html');
    expect(popup).toMatchObject({ opener: null, url: expect.stringContaining('http://provider.example/') });

    await expect(handOver({ code: 'code-1' })).resolves.toBe('acknowledged');
    await until('signed-in');
    // A second copy of the answer is not wanted.
    await expect(handOver({ code: 'code-1' })).resolves.toBe('done');
    expect(exchanges).toHaveLength(1);
    await expect(exchanges[0]!.json()).resolves.toEqual({ code: 'code-1', state: STATE });
    expect(exchanges[0]!.headers.get('X-CSRF')).toBe('1');
  });

  test('keeps the access token out of the snapshot and out of storage', async () => {
    serve('exchangeToken', () => answer.token());
    await startSignIn();
    await handOver({ code: 'code-1' });
    await until('signed-in');
    const readable = JSON.stringify([session.getSnapshot(), stored(localStorage), stored(sessionStorage)]);
    expect(readable).toContain('session-1');
    expect(readable).not.toMatch(/token-1|code-1|sssss/);
  });

  test('says that the person did not allow it, and lets the API end the transaction', async () => {
    const exchanges = serve('exchangeToken', () => answer.error('authorization_denied'));
    await startSignIn();
    await handOver({ error: 'access_denied' });
    await until('signed-out');
    expect(session.getSnapshot()).toMatchObject({
      notice: { code: 'authorization_denied', requestId: 'req-1' },
    });
    await expect(exchanges[0]!.json()).resolves.toEqual({ error: 'access_denied', state: STATE });
  });

  test('brings the button back when the window seems closed, and a late answer still signs in', async () => {
    serve('exchangeToken', () => answer.token());
    const { popup } = await startSignIn();
    popup.closed = true;
    await until('window-lost');
    await expect(handOver({ code: 'code-1' })).resolves.toBe('acknowledged');
    await until('signed-in');
  });

  test('never signs in with the answer of a cancelled attempt', async () => {
    const ended = serve('exchangeToken', () => answer.error('authorization_denied'));
    await startSignIn();
    session.cancelSignIn();
    await expect(handOver({ code: 'code-1' })).resolves.toBe('refused');
    // Nor can anybody else finish it: its transaction has ended.
    await vi.waitFor(() => expect(ended).toHaveLength(1));
    await expect(ended[0]!.json()).resolves.toEqual({ error: 'access_denied', state: STATE });
    expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
  });

  test('goes on in the same tab when the window is blocked, and leaves no state behind', async () => {
    serve('start', answer.start);
    vi.spyOn(window, 'open').mockReturnValue(null);
    const assign = vi.spyOn(location, 'assign').mockReturnValue();
    await session.restore();
    session.signIn();
    await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
    expect(JSON.stringify(stored(sessionStorage))).not.toContain(STATE);
  });

  test('closes the window and says so when the API is down', async () => {
    serve('start', () => new Response('<h1>502</h1>', { status: 502 }));
    const opened = stubWindowOpen();
    await session.restore();
    session.signIn();
    await until('signed-out');
    expect(opened[0]?.closed).toBe(true);
    expect(session.getSnapshot()).toMatchObject({ notice: { code: 'api_unreachable' } });
  });

  test('says what happened when the exchange fails', async () => {
    serve('exchangeToken', () => answer.error('provider_timeout'));
    await startSignIn();
    await handOver({ code: 'code-1' });
    await until('signed-out');
    expect(session.getSnapshot()).toMatchObject({ notice: { code: 'provider_timeout' } });
  });
});

describe('the window', () => {
  test('goes straight to the provider if the start was prepared, and nobody asks twice', async () => {
    const starts = serve('start', answer.start);
    const opened = stubWindowOpen();
    await session.restore();
    session.prepareSignIn();
    await vi.waitFor(() => expect(starts).toHaveLength(1));
    await settle();
    session.prepareSignIn();
    session.signIn();
    expect(opened).toMatchObject([
      { openedOn: 'about:blank', opener: null, url: expect.stringContaining('provider.example') },
    ]);
    expect(session.getSnapshot().name).toBe('window-waiting');
    await settle();
    expect(starts).toHaveLength(1);
  });

  test('that is closed on our page ends the attempt, and nothing goes to the provider', async () => {
    const held = Promise.withResolvers<void>();
    serve('start', async () => {
      await held.promise;
      return answer.start();
    });
    const opened = stubWindowOpen();
    await session.restore();
    session.signIn();
    opened[0]!.closed = true;
    held.resolve();
    await until('signed-out');
    expect(session.getSnapshot()).toMatchObject({ notice: { code: 'window_closed' } });
    expect(opened[0]!.url).toBe('/oauth/opening.html');
  });

  test('is opened again for the same attempt, from the button, too, once it is lost from sight', async () => {
    const { popup, opened, starts } = await startSignIn();
    session.showSignInWindow();
    expect(opened).toHaveLength(2);
    // The first one is another window by now: its end says nothing.
    popup.closed = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(session.getSnapshot().name).toBe('window-waiting');

    opened[1]!.closed = true;
    await until('window-lost');
    session.signIn();
    expect(session.getSnapshot().name).toBe('window-waiting');
    expect(opened.map(({ url }) => url)).toEqual(Array(3).fill(popup.url));
    expect(starts).toHaveLength(1);
  });

  test('that is blocked when it should be opened again leaves the attempt to this tab', async () => {
    await startSignIn();
    vi.spyOn(window, 'open').mockReturnValue(null);
    const assign = vi.spyOn(location, 'assign').mockReturnValue();
    session.showSignInWindow();
    expect(session.getSnapshot().name).toBe('continuing-here');
    await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
  });

  test('is left behind when the person goes on in this tab, and an answer does not come twice', async () => {
    const { popup } = await startSignIn();
    const assign = vi.spyOn(location, 'assign').mockReturnValue();
    popup.closed = true;
    await until('window-lost');
    session.continueSignInHere();
    expect(session.getSnapshot().name).toBe('continuing-here');
    await vi.waitFor(() => expect(assign).toHaveBeenCalledTimes(1));
  });

  test('that is faster than the way to the provider in this tab signs in, and the tab stays', async () => {
    serve('exchangeToken', () => answer.token());
    const stop = vi.fn<() => void>();
    vi.stubGlobal('stop', stop);
    vi.spyOn(location, 'assign').mockReturnValue();
    await startSignIn();
    session.continueSignInHere();
    await expect(handOver({ code: 'code-1' })).resolves.toBe('acknowledged');
    await until('signed-in');
    expect(stop).toHaveBeenCalledTimes(1);
  });

  test('that has made the exchange itself says so, and this tab looks what came of it', async () => {
    await startSignIn();
    writeSessionMark('signed-in');
    serve('session', () => answer.token());
    const offer = await offerAuthorizationResponse({ state: STATE, code: 'code-1' });
    expect(offer.keep()).toBe(true);
    offer.finished();
    await until('signed-in');
    offer.close();
  });

  test('has ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    await startSignIn();
    await vi.advanceTimersByTimeAsync(599_000);
    expect(session.getSnapshot().name).toBe('window-waiting');
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(601_000);
      expect(session.getSnapshot()).toEqual({ name: 'signed-out', notice: { code: 'attempt_expired' } });
    });
  });
});

describe('without a window', () => {
  test.each([
    ["an app's own browser", () => vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('x KAKAOTALK 1')],
    [
      'an installed app',
      () =>
        vi.spyOn(window, 'matchMedia').mockImplementation((media) =>
          Object.assign(new EventTarget(), {
            media,
            matches: media.includes('standalone'),
            onchange: null,
            addListener: () => undefined,
            removeListener: () => undefined,
          }),
        ),
    ],
  ])('%s goes to the provider in this tab', async (_, pretend) => {
    pretend();
    serve('start', answer.start);
    const opened = stubWindowOpen();
    const assign = vi.spyOn(location, 'assign').mockReturnValue();
    await session.restore();
    session.signIn();
    expect(session.getSnapshot().name).toBe('continuing-here');
    await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
    expect(opened).toEqual([]);
  });

  test('nothing begins inside another page', async () => {
    vi.spyOn(window, 'top', 'get').mockReturnValue(null);
    const opened = stubWindowOpen();
    await session.restore();
    session.signIn();
    expect(session.getSnapshot()).toEqual({ name: 'signed-out', notice: { code: 'framed' } });
    expect(opened).toEqual([]);
  });

  test('who comes back from the provider by Back has the button again', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('x KAKAOTALK 1');
    serve('start', answer.start);
    const assign = vi.spyOn(location, 'assign').mockReturnValue();
    await session.restore();
    session.signIn();
    await vi.waitFor(() => expect(assign).toHaveBeenCalledTimes(1));
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
  });

  test('a person who changes their mind stays here', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('x KAKAOTALK 1');
    const stop = vi.fn<() => void>();
    vi.stubGlobal('stop', stop);
    serve('start', () => new Promise<never>(() => undefined));
    await session.restore();
    session.signIn();
    session.cancelSignIn();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
  });
});

describe('what became of a sign-in', () => {
  test('started, answered and completed, with the time it took', async () => {
    const { events } = record();
    serve('exchangeToken', () => answer.token());
    await startSignIn();
    await handOver({ code: 'code-1' });
    await until('signed-in');
    await settle();
    expect(events).toEqual([
      { type: 'started', place: 'window' },
      { type: 'answered' },
      { type: 'completed', tookMs: expect.any(Number) },
    ]);
  });

  test('denied is not failed', async () => {
    const { events } = record();
    serve('exchangeToken', () => answer.error('authorization_denied'));
    await startSignIn();
    await handOver({ error: 'access_denied' });
    await until('signed-out');
    await settle();
    expect(events.at(-1)).toEqual({ type: 'denied', requestId: 'req-1' });
  });

  test('failed, with the code and what to quote', async () => {
    const { events } = record();
    serve('exchangeToken', () => answer.error('provider_timeout'));
    await startSignIn();
    await handOver({ code: 'code-1' });
    await until('signed-out');
    await settle();
    expect(events.at(-1)).toEqual({ type: 'failed', code: 'provider_timeout', requestId: 'req-1' });
  });

  test('blocked, lost, opened again, continued here, cancelled', async () => {
    const { events, forget } = record();
    serve('exchangeToken', () => answer.error('authorization_denied'));
    vi.spyOn(location, 'assign').mockReturnValue();
    vi.stubGlobal('stop', vi.fn<() => void>());
    const { popup } = await startSignIn();
    popup.closed = true;
    await until('window-lost');
    session.signIn();
    session.continueSignInHere();
    session.cancelSignIn();
    vi.spyOn(window, 'open').mockReturnValue(null);
    session.signIn();
    await settle();
    expect(events.map(({ type }) => type)).toEqual([
      'started',
      'window-lost',
      'window-opened-again',
      'continued-here',
      'cancelled',
      'started',
      'blocked',
    ]);
    forget();
    session.cancelSignIn();
    await settle();
    expect(events).toHaveLength(7);
  });

  test('is told of a sign-in that the callback page has finished, also to who asks later', async () => {
    writeSessionMark('signed-in');
    leaveOutcome({ isCompleted: true, tookMs: 1234 });
    serve('session', () => answer.token());
    await session.restore();
    const { events } = record();
    expect(events).toEqual([{ type: 'completed', tookMs: 1234 }]);
  });

  test('is told of one that came to nothing in this tab, also while another tab is signed in', async () => {
    const { events } = record();
    writeSessionMark('signed-in');
    leaveOutcome({ code: 'authorization_denied', requestId: 'req-1' });
    serve('session', () => answer.token());
    await session.restore();
    expect(events).toEqual([{ type: 'denied', requestId: 'req-1' }]);
  });

  test('an error in who listens is not an error of the sign-in', async () => {
    const uncaught = vi.fn<(error: unknown) => void>();
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        uncaught(error);
      }
    });
    session.onSignInEvent(() => {
      throw new Error("the subscriber's own");
    });
    serve('exchangeToken', () => answer.token());
    await startSignIn();
    await handOver({ code: 'code-1' });
    await until('signed-in');
    expect(uncaught).toHaveBeenCalledTimes(3);
  });
});

describe('restoring', () => {
  test('costs a visitor who never signed in no call', async () => {
    await session.restore();
    expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
  });

  test('signs in without a window', async () => {
    await signedIn();
    expect(session.getSnapshot()).toMatchObject({ sessionId: 'session-1' });
  });

  test.each([
    ['no_session', { name: 'signed-out' }, 'none'],
    ['session_expired', { name: 'ended', notice: { code: 'session_expired', requestId: 'req-1' } }, 'none'],
    // It may have been a slip of the provider's: the next reload asks again.
    [
      'session_refused',
      { name: 'ended', notice: { code: 'session_refused', requestId: 'req-1' } },
      'signed-in',
    ],
  ] as const)('answered with %s', async (code, snapshot, mark) => {
    writeSessionMark('signed-in');
    serve('session', () => answer.error(code));
    await session.restore();
    expect(session.getSnapshot()).toEqual(snapshot);
    expect(readSessionMark()).toBe(mark);
  });

  test('keeps the session when the provider is down, and tries again not before Retry-After', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    writeSessionMark('signed-in');
    serve('session', () => answer.error('provider_unavailable', { 'Retry-After': '20' }));
    await session.restore();
    expect(session.getSnapshot()).toMatchObject({
      name: 'restoring',
      trouble: { code: 'provider_unavailable' },
    });
    const requests = serve('session', () => answer.token());
    await vi.advanceTimersByTimeAsync(19_000);
    expect(requests).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    await until('signed-in');
  });
});

describe('being signed in', () => {
  test('a 401 is refreshed once for all who wait, and each request is retried once', async () => {
    await signedIn();
    const asked = serve('userinfo', (request) =>
      request.headers.get('Authorization') === 'Bearer token-2'
        ? Response.json(userinfo)
        : answer.error('invalid_token'),
    );
    const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    await expect(Promise.all([fetchUserinfo(), fetchUserinfo(), fetchUserinfo()])).resolves.toHaveLength(3);
    expect(refreshes).toHaveLength(1);
    expect(asked).toHaveLength(6);
    expect(session.getSnapshot().name).toBe('signed-in');
  });

  test('a second 401 leads back to the sign-in screen', async () => {
    await signedIn();
    const asked = serve('userinfo', () => answer.error('invalid_token'));
    serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    await expect(fetchUserinfo()).rejects.toMatchObject({ code: 'invalid_token' });
    expect(asked).toHaveLength(2);
    expect(session.getSnapshot()).toMatchObject({ name: 'ended', notice: { code: 'invalid_token' } });
  });

  test.each(['insufficient_scope', 'rate_limited', 'provider_unavailable'] as const)(
    '%s is no reason to refresh or to sign anyone out',
    async (code) => {
      await signedIn();
      serve('userinfo', () => answer.error(code));
      await expect(fetchUserinfo()).rejects.toMatchObject({ code });
      expect(session.getSnapshot().name).toBe('signed-in');
    },
  );

  test('a session that the provider ended is said to have ended', async () => {
    await signedIn();
    serve('userinfo', () => answer.error('invalid_token'));
    serve('refreshToken', () => answer.error('session_expired'));
    await expect(fetchUserinfo()).rejects.toMatchObject({ code: 'session_expired' });
    expect(session.getSnapshot()).toMatchObject({ name: 'ended', notice: { code: 'session_expired' } });
  });

  test('the token is refreshed five minutes before its end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    await signedIn({ expires_in: 7200 });
    const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    await vi.advanceTimersByTimeAsync(6_899_000);
    expect(refreshes).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(refreshes).toHaveLength(1));
  });

  test('a refresh that fails for a reason that passes keeps the session, and is tried again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    await signedIn({ expires_in: 7200 });
    const failed = serve('refreshToken', () => answer.error('provider_unavailable'));
    await vi.advanceTimersByTimeAsync(6_901_000);
    await vi.waitFor(() => expect(failed).toHaveLength(1));
    const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    await vi.advanceTimersByTimeAsync(4_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(refreshes).toHaveLength(1));
    expect(session.getSnapshot()).toEqual({
      name: 'signed-in',
      sessionId: 'session-1',
      scope: 'profile balance',
    });
  });
});

describe('signing out', () => {
  test('a refresh that finishes later brings nobody back', async () => {
    await signedIn();
    serve('logout', () => new Response(null, { status: 204 }));
    serve('userinfo', () => answer.error('invalid_token'));
    const refreshHeld = Promise.withResolvers<void>();
    const refreshes = serve('refreshToken', async () => {
      await refreshHeld.promise;
      return answer.token({ access_token: 'token-2' });
    });
    const pending = fetchUserinfo();
    pending.catch(() => undefined);
    await vi.waitFor(() => expect(refreshes).toHaveLength(1));
    await session.signOut();
    refreshHeld.resolve();
    await expect(pending).rejects.toMatchObject({ code: 'no_session' });
    expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
    expect(readSessionMark()).toBe('none');
  });

  test('holds although the API is down: nothing is restored, and the API is told on the next load', async () => {
    await signedIn();
    serve('logout', () => Response.error());
    await session.signOut();
    expect(session.getSnapshot()).toEqual({ name: 'signed-out' });

    const told = serve('logout', () => new Response(null, { status: 204 }));
    const nextPage = createSession({ api: createApiClient({ origin: API }) });
    await nextPage.restore();
    expect(nextPage.getSnapshot()).toEqual({ name: 'signed-out' });
    await vi.waitFor(() => expect(readSessionMark()).toBe('none'));
    expect(told).toHaveLength(1);
    nextPage.close();
  });

  test('reaches the other tabs', async () => {
    await signedIn();
    const otherTab = createSession({ api: createApiClient({ origin: API }) });
    await otherTab.restore();
    serve('logout', () => new Response(null, { status: 204 }));
    await session.signOut();
    await vi.waitFor(() => expect(otherTab.getSnapshot()).toEqual({ name: 'signed-out' }));
    otherTab.close();
  });

  test('a sign-in waits until the API has been told', async () => {
    await signedIn();
    const logoutHeld = Promise.withResolvers<void>();
    serve('logout', async () => {
      await logoutHeld.promise;
      return new Response(null, { status: 204 });
    });
    serve('exchangeToken', () => answer.token({ session_id: 'session-2' }));
    const starts = serve('start', answer.start);
    stubWindowOpen();
    void session.signOut();
    session.prepareSignIn();
    session.signIn();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(starts).toHaveLength(0);
    logoutHeld.resolve();
    await vi.waitFor(() => expect(session.getSnapshot()).toMatchObject({ name: 'window-waiting' }));
    await handOver({ code: 'code-1' });
    await until('signed-in');
    expect(readSessionMark()).toBe('signed-in');
  });
});
