import { expect, onTestFinished, test, vi } from 'vitest';
import { answer, userinfo } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadSignedInPage, sessionOf, untilSession } from '../../test/client.ts';
import { later, stopClock } from '../../test/later.ts';
import { createLocks } from '../../test/locks.ts';

useApiServer();

/** An API whose current access token is `token-1` until it is refreshed; only the current one is accepted. */
function serveRefreshableToken({ isRefused = true } = {}) {
  let current = 'token-1';
  const accepted = () => (isRefused ? 'token-2' : current);
  const sessions = serve('session', () => answer.token({ access_token: current }));
  const refreshes = serve('refreshToken', () => {
    current = 'token-2';
    return answer.token({ access_token: current });
  });
  const asked = serve('userinfo', ({ headers }) =>
    headers.get('Authorization') === `Bearer ${accepted()}`
      ? Response.json(userinfo)
      : answer.error('invalid_token'),
  );
  return { sessions, refreshes, tokens: () => asked.map(({ headers }) => headers.get('Authorization')) };
}

function stubLocks(): void {
  vi.stubGlobal('navigator', { onLine: true, cookieEnabled: true, locks: createLocks() });
  onTestFinished(() => void vi.unstubAllGlobals());
}

test('after a 401 all waiting requests share one refresh, and each is tried once more', async () => {
  const client = await loadSignedInPage();
  const { sessions, refreshes, tokens } = serveRefreshableToken();
  await expect(
    Promise.all([client.fetchUserinfo(), client.fetchUserinfo(), client.fetchUserinfo()]),
  ).resolves.toHaveLength(3);
  expect([sessions.length, refreshes.length]).toEqual([1, 1]);
  expect(tokens()).toHaveLength(6);
  expect(client.getSession().isSignedIn).toBe(true);
});

test('a tab whose token was refused takes the token that another tab has caused, without a refresh', async () => {
  const client = await loadSignedInPage();
  const otherTab = await loadSignedInPage();
  const { refreshes, tokens } = serveRefreshableToken();
  await client.fetchUserinfo();
  await otherTab.fetchUserinfo();
  expect(refreshes).toHaveLength(1);
  expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-1', 'Bearer token-2']);
});

test('two tabs that need a new token at the same time cause one refresh', async () => {
  stubLocks();
  const client = await loadSignedInPage();
  const otherTab = await loadSignedInPage();
  const { refreshes } = serveRefreshableToken();
  await Promise.all([client.fetchUserinfo(), otherTab.fetchUserinfo()]);
  expect(refreshes).toHaveLength(1);
});

test('without Web Locks both tabs ask, and both get a token', async () => {
  const client = await loadSignedInPage();
  const otherTab = await loadSignedInPage();
  serveRefreshableToken();
  await expect(Promise.all([client.fetchUserinfo(), otherTab.fetchUserinfo()])).resolves.toEqual([
    userinfo,
    userinfo,
  ]);
});

test('a refresh that is due asks for the session only: the API refreshes it for the first tab', async () => {
  stubLocks();
  stopClock();
  await loadSignedInPage({ expires_in: 60 });
  await loadSignedInPage({ expires_in: 60 });
  const sessions = serve('session', () => answer.token({ access_token: 'token-2' }));
  await later(55_000);
  await vi.waitFor(() => expect(sessions).toHaveLength(2));
});

test('after an answer with Retry-After no refresh is requested earlier', async () => {
  stopClock();
  const client = await loadSignedInPage({ expires_in: 60 });
  const requests = serve('session', () => answer.error('provider_unavailable', { 'Retry-After': '50' }));
  await later(55_000);
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  await later(30_000);
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'provider_unavailable' });
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(requests).toHaveLength(1);
  serve('session', () => answer.token({ access_token: 'token-2' }));
  await later(25_000);
  await untilSession(client, (session) => !('warning' in session));
  expect(sessionOf(client)).toMatchObject({ status: 'signed-in' });
});

test('no channel carries an access token', async () => {
  const posted: unknown[] = [];
  const channel = new BroadcastChannel('oneclick:session');
  channel.addEventListener('message', ({ data }) => posted.push(data));
  onTestFinished(() => channel.close());
  const client = await loadSignedInPage();
  serve('logout', answer.noContent);
  serveRefreshableToken();
  await client.fetchUserinfo();
  // The last message: a channel keeps the order.
  await client.signOut();
  await vi.waitFor(() => expect(posted).not.toEqual([]));
  expect(posted).toEqual([{ type: 'signed-out' }]);
});
