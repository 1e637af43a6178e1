import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, userinfo } from '../../test/answers.ts';
import { handOver } from '../../test/hand-over-as-callback-page.ts';
import { API, serve, useApiServer } from '../../test/api-server.ts';
import { createLocks } from '../../test/locks.ts';
import { stubWindowOpen } from '../../test/stub-window-open.ts';
import { createApiClient } from '../api/api-client.ts';
import { createSession, type Session } from './tab-session.ts';
import { writeSessionMark } from './session-mark.ts';

useApiServer();

let here: Session;
let there: Session;
/** Somebody of our own origin who says what they like. */
let stranger: BroadcastChannel;

beforeEach(async () => {
  here = createSession({ api: createApiClient({ origin: API }) });
  there = createSession({ api: createApiClient({ origin: API }) });
  stranger = new BroadcastChannel('session');
  writeSessionMark('signed-in');
  serve('session', () => answer.token());
  await Promise.all([here.restore(), there.restore()]);
});
afterEach(() => {
  vi.unstubAllGlobals();
  here.close();
  there.close();
  stranger.close();
});

const fetchUserinfo = (session: Session) =>
  session.fetchWithAccessToken('/api/oauth/userinfo', { parse: (body) => body });
const arrived = () => new Promise((resolve) => setTimeout(resolve, 50));

/** The token of the first sign-in has ended; this one is taken. */
function serveUserinfoFor(accessToken: string) {
  return serve('userinfo', (request) =>
    request.headers.get('Authorization') === `Bearer ${accessToken}`
      ? Response.json(userinfo)
      : answer.error('invalid_token'),
  );
}

test('one refresh serves the other tabs, too', async () => {
  const asked = serveUserinfoFor('token-2');
  const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
  await fetchUserinfo(here);
  await arrived();
  await fetchUserinfo(there);
  expect(refreshes).toHaveLength(1);
  expect(asked.map(({ headers }) => headers.get('Authorization'))).toEqual([
    'Bearer token-1',
    'Bearer token-2',
    'Bearer token-2',
  ]);
});

test('two tabs that need a new token at once: one asks, the other one waits and is given it', async () => {
  vi.stubGlobal('navigator', { onLine: true, locks: createLocks() });
  serveUserinfoFor('token-2');
  const refreshes = serve('refreshToken', async () => {
    await arrived();
    return answer.token({ access_token: 'token-2' });
  });
  await Promise.all([fetchUserinfo(here), fetchUserinfo(there)]);
  expect(refreshes).toHaveLength(1);
});

test('without locks both ask, and both are right', async () => {
  serveUserinfoFor('token-2');
  serve('refreshToken', async () => {
    await arrived();
    return answer.token({ access_token: 'token-2' });
  });
  await expect(Promise.all([fetchUserinfo(here), fetchUserinfo(there)])).resolves.toEqual([
    userinfo,
    userinfo,
  ]);
});

test('the end of a session reaches the others at once, with its reason', async () => {
  serveUserinfoFor('none');
  serve('refreshToken', () => answer.error('session_expired'));
  await expect(fetchUserinfo(here)).rejects.toMatchObject({ code: 'session_expired' });
  const ended = { name: 'ended', notice: { code: 'session_expired', requestId: 'req-1' } };
  expect(here.getSnapshot()).toEqual(ended);
  await vi.waitFor(() => expect(there.getSnapshot()).toEqual(ended));
});

test('who signs in here while another tab is signing out waits until the API has been told', async () => {
  vi.stubGlobal('navigator', { userAgent: '', onLine: true, locks: createLocks() });
  const logoutHeld = Promise.withResolvers<void>();
  const told = serve('logout', async () => {
    await logoutHeld.promise;
    return new Response(null, { status: 204 });
  });
  const starts = serve('start', answer.start);
  stubWindowOpen();
  const signedOut = here.signOut();
  await vi.waitFor(() => expect(there.getSnapshot().name).toBe('signed-out'));
  there.signIn();
  await arrived();
  expect([told.length, starts.length]).toEqual([1, 0]);
  logoutHeld.resolve();
  await signedOut;
  await vi.waitFor(() => expect(there.getSnapshot().name).toBe('window-waiting'));
});

test('who signs in here in vain is signed in all the same, if another tab has signed in meanwhile', async () => {
  serve('logout', () => new Response(null, { status: 204 }));
  serve('start', answer.start);
  serve('exchangeToken', () => answer.error('authorization_denied'));
  stubWindowOpen();
  await here.signOut();
  await vi.waitFor(() => expect(there.getSnapshot().name).toBe('signed-out'));
  there.signIn();
  await vi.waitFor(() => expect(there.getSnapshot().name).toBe('window-waiting'));
  // What the other tab does when it has signed in.
  writeSessionMark('signed-in');
  stranger.postMessage({ type: 'signed-in' });
  await arrived();
  expect(there.getSnapshot().name).toBe('window-waiting');
  await handOver({ error: 'access_denied' });
  await vi.waitFor(() => expect(there.getSnapshot().name).toBe('signed-in'));
});

test('whoever signs in as somebody else is somebody else everywhere', async () => {
  const names: string[] = [];
  there.subscribe(() => names.push(there.getSnapshot().name));
  serve('session', () => answer.token({ session_id: 'session-2', access_token: 'token-b' }));
  serveUserinfoFor('token-b');
  stranger.postMessage({ type: 'signed-in' });
  await vi.waitFor(() => expect(there.getSnapshot()).toMatchObject({ sessionId: 'session-2' }));
  expect(names).toEqual(['restoring', 'signed-in']);
  await expect(fetchUserinfo(there)).resolves.toEqual(userinfo);
});

describe('takes no token', () => {
  const good = {
    access_token: 'token-x',
    token_type: 'Bearer',
    expires_in: 7200,
    scope: 'profile',
    session_id: 'session-1',
  };
  test.each([
    [
      'of another session',
      { type: 'refreshed', response: { ...good, session_id: 'session-2' }, toldAtMs: 0 },
    ],
    ['that was handed over long ago', { type: 'refreshed', response: good, toldAtMs: -60_000 }],
    ['from the future', { type: 'refreshed', response: good, toldAtMs: 60_000 }],
    ['without a time', { type: 'refreshed', response: good }],
    ['that is none', { type: 'refreshed', response: { ...good, access_token: 1 }, toldAtMs: 0 }],
    ['that lives for ever', { type: 'refreshed', response: { ...good, expires_in: Infinity }, toldAtMs: 0 }],
    ['of another kind', { type: 'refreshed', response: { ...good, token_type: 'mac' }, toldAtMs: 0 }],
    ['in a command', { type: 'hold', response: good, toldAtMs: 0 }],
  ])('%s', async (_, { toldAtMs, ...message }: { type: string; response: object; toldAtMs?: number }) => {
    stranger.postMessage({ ...message, ...(toldAtMs !== undefined && { toldAtMs: Date.now() + toldAtMs }) });
    await arrived();
    const asked = serveUserinfoFor('token-1');
    await fetchUserinfo(here);
    expect(asked[0]!.headers.get('Authorization')).toBe('Bearer token-1');
    expect(here.getSnapshot()).toMatchObject({ sessionId: 'session-1', scope: 'profile balance' });
  });

  test('when nobody is signed in', async () => {
    serve('logout', () => new Response(null, { status: 204 }));
    await here.signOut();
    stranger.postMessage({ type: 'refreshed', response: good, toldAtMs: Date.now() });
    await arrived();
    expect(here.getSnapshot()).toEqual({ name: 'signed-out' });
    await expect(fetchUserinfo(here)).rejects.toMatchObject({ code: 'no_session' });
  });
});

test.each([
  null,
  'signed-out',
  ['signed-out'],
  { type: 'ended' },
  { type: 'ended', sessionId: 'session-2', notice: { code: 'session_expired' } },
  { type: 'ended', sessionId: 'session-1', notice: { code: '<img src=x>' } },
])('%j changes nothing', async (message) => {
  const before = here.getSnapshot();
  stranger.postMessage(message);
  await arrived();
  expect(here.getSnapshot()).toBe(before);
});
