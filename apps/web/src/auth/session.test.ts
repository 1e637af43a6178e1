import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, API, serve, STATE, useApiServer, userinfo } from '../testing/api-server.ts';
import { handOver } from '../testing/callback-page.ts';
import { stubWindowOpen } from '../testing/sign-in-window.ts';
import { createApiClient } from './api-client.ts';
import { createSession, type Session } from './session.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';
import type { SessionState } from './session-state.ts';

useApiServer();

let session: Session;
beforeEach(() => {
  session = createSession({ api: createApiClient({ origin: API }) });
});
afterEach(() => session.close());

const until = (name: SessionState['name']) => vi.waitFor(() => expect(session.getSnapshot().name).toBe(name));
const fetchUserinfo = () => session.fetchWithAccessToken('/api/oauth/userinfo', { parse: (body) => body });

const stored = (storage: Storage) =>
  Array.from({ length: storage.length }, (_, index) => storage.getItem(storage.key(index) ?? ''));

async function startSignIn() {
  serve('start', answer.start);
  const opened = stubWindowOpen();
  await session.restore();
  session.signIn();
  const openedOn = opened[0]?.url;
  await vi.waitFor(() => expect(session.getSnapshot()).toMatchObject({ name: 'window-waiting' }));
  return { popup: opened[0]!, openedOn, opened };
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
