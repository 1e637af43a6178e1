import { expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, sessionOf, until, untilSession } from '../../test/client.ts';
import { later, stopClock } from '../../test/later.ts';
import { writeSessionMark } from './session-mark.ts';

useApiServer();

const HOUR_MS = 3_600_000;

const setOnline = (isOnline: boolean) => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
};
const transition = (type: 'pagehide' | 'pageshow', persisted: boolean) =>
  window.dispatchEvent(Object.assign(new Event(type), { persisted }));

test('a tab that comes to the front after its timer stood still refreshes at once', async () => {
  stopClock();
  await loadSignedInPage({ expires_in: 7200 });
  const requests = serve('session', () => answer.token({ access_token: 'token-2' }));
  vi.setSystemTime(Date.now() + 2 * HOUR_MS);
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.waitFor(() => expect(requests).toHaveLength(1));
});

test('offline, the session stays and has a warning, until the network is back', async () => {
  stopClock();
  const client = await loadSignedInPage();
  setOnline(false);
  expect(sessionOf(client)).toMatchObject({ sessionId: 'session-1', warning: { code: 'offline' } });
  const requests = serve('session', () => answer.token());
  setOnline(true);
  expect(sessionOf(client)).not.toHaveProperty('warning');
  // The token is good for another two hours.
  await later(10_000);
  expect(requests).toEqual([]);
});

test.each([{ kind: 'answer' }, { kind: 'refusal' }])(
  'after a false event "offline", an $kind of the API ends the warning',
  async ({ kind }) => {
    const client = await loadSignedInPage();
    setOnline(false);
    serve('userinfo', () => (kind === 'answer' ? answer.userinfo() : answer.error('provider_unavailable')));
    await client.fetchUserinfo().catch(() => undefined);
    expect(sessionOf(client)).not.toHaveProperty('warning');
  },
);

test('offline, a request that fails leaves the warning', async () => {
  const client = await loadSignedInPage();
  setOnline(false);
  serve('userinfo', () => Response.error());
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'offline' });
  expect(sessionOf(client)).toMatchObject({ warning: { code: 'offline' } });
});

test('a refresh that failed offline is tried again when the network is back', async () => {
  stopClock();
  await loadSignedInPage({ expires_in: 60 });
  setOnline(false);
  const failed = serve('session', () => Response.error());
  await later(55_000);
  await vi.waitFor(() => expect(failed.length).toBeGreaterThan(0));
  // The answer arrives, and the next try is set.
  await later(1_000);
  const requests = serve('session', () => answer.token({ access_token: 'token-2' }));
  setOnline(true);
  vi.useRealTimers();
  await vi.waitFor(() => expect(requests).toHaveLength(1));
});

test('a session that could not be restored offline is restored when the network is back', async () => {
  writeSessionMark('signed-in');
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  serve('session', () => Response.error());
  const client = loadPage();
  await untilSession(client, (session) => 'warning' in session);
  expect(sessionOf(client)).toEqual({ status: 'loading', warning: { code: 'offline' } });
  serve('session', () => answer.token());
  setOnline(true);
  await until(client, 'signed-in');
});

test('a page kept for Back shows no user, and on return it shows the user who is signed in then', async () => {
  const client = await loadSignedInPage();
  transition('pagehide', true);
  expect(sessionOf(client)).toEqual({ status: 'loading' });
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'no_session' });
  serve('session', () => answer.token({ session_id: 'session-2' }));
  transition('pageshow', true);
  await until(client, 'signed-in');
  expect(sessionOf(client)).toMatchObject({ sessionId: 'session-2' });
});

test('a page that is not kept for Back does not forget the user, and the first show asks for nothing', async () => {
  const client = await loadSignedInPage();
  transition('pagehide', false);
  transition('pageshow', false);
  expect(client.getSession().isSignedIn).toBe(true);
});

test('a user who comes back from the provider with Back has the button again', async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('x KAKAOTALK 1');
  serve('start', answer.start);
  const assign = vi.spyOn(location, 'assign').mockReturnValue();
  const client = loadPage();
  client.signIn();
  await vi.waitFor(() => expect(assign).toHaveBeenCalledTimes(1));
  transition('pageshow', true);
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
});
