import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { API, serve, useApiServer } from '../../test/api-server.ts';
import { createApiClient } from '../api/api-client.ts';
import { createSession, type Session } from './tab-session.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';
import { leaveOutcome } from '../sign-in/sign-in-outcome.ts';

useApiServer();

const HOUR_MS = 3_600_000;
let session: Session;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  session = createSession({ api: createApiClient({ origin: API }) });
});
afterEach(() => {
  session.close();
  vi.useRealTimers();
});

async function signedIn(changes?: Parameters<typeof answer.token>[0]) {
  writeSessionMark('signed-in');
  serve('session', () => answer.token(changes));
  await session.restore();
  expect(session.getSnapshot().name).toBe('signed-in');
}

const fetchUserinfo = () => session.fetchWithAccessToken('/api/oauth/userinfo', { parse: (body) => body });
const setOnline = (isOnline: boolean) => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
};
const transition = (type: 'pagehide' | 'pageshow', persisted: boolean) =>
  window.dispatchEvent(Object.assign(new Event(type), { persisted }));
/** Time goes by, and what was sent meanwhile is answered. */
async function pass(ms: number, stepMs = 1_000) {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await vi.advanceTimersByTimeAsync(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('an API that only says no', () => {
  test('a refresh that is always answered with 503 is tried a few times an hour, and nobody is signed out', async () => {
    await signedIn({ expires_in: 600 });
    const refreshes = serve('refreshToken', () => answer.error('provider_unavailable'));
    await pass(HOUR_MS, 5_000);
    // From the fifth minute on: back-off up to a minute, give or take a quarter.
    expect(refreshes.length).toBeGreaterThan(30);
    expect(refreshes.length).toBeLessThan(90);
    expect(session.getSnapshot()).toMatchObject({
      name: 'signed-in',
      trouble: { code: 'provider_unavailable', requestId: 'req-1' },
    });
  });

  test('who is told when to come back does not come earlier, whoever asks', async () => {
    await signedIn({ expires_in: 60 });
    const refreshes = serve('refreshToken', () =>
      answer.error('provider_unavailable', { 'Retry-After': '50' }),
    );
    await pass(31_000);
    await vi.waitFor(() => expect(refreshes).toHaveLength(1));
    await pass(30_000);
    await expect(fetchUserinfo()).rejects.toMatchObject({ code: 'provider_unavailable' });
    await expect(fetchUserinfo()).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(refreshes).toHaveLength(1);
    serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    await pass(25_000);
    await vi.waitFor(() => expect(session.getSnapshot()).not.toHaveProperty('trouble'));
  });

  test('a session that can not be looked up is looked up with growing pauses', async () => {
    writeSessionMark('signed-in');
    const lookUps = serve('session', () => answer.error('provider_timeout'));
    await session.restore();
    await pass(10 * 60_000, 2_000);
    expect(lookUps.length).toBeGreaterThan(8);
    expect(lookUps.length).toBeLessThan(22);
    expect(session.getSnapshot()).toMatchObject({ name: 'restoring' });
  });

  test('a 401 on everything is asked twice, and then the person is', async () => {
    await signedIn();
    const asked = serve('userinfo', () => answer.error('invalid_token'));
    const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    await expect(fetchUserinfo()).rejects.toMatchObject({ code: 'invalid_token' });
    await pass(60_000);
    expect([asked.length, refreshes.length]).toEqual([2, 1]);
    expect(session.getSnapshot().name).toBe('ended');
  });
});

describe('time', () => {
  test('a machine that slept past the end refreshes first, and no request is refused', async () => {
    await signedIn({ expires_in: 7200 });
    const order: string[] = [];
    serve('refreshToken', () => {
      order.push('refresh');
      return answer.token({ access_token: 'token-2' });
    });
    serve('userinfo', (request) => {
      order.push(request.headers.get('Authorization') ?? '');
      return Response.json({});
    });
    vi.setSystemTime(Date.now() + 3 * HOUR_MS);
    await Promise.all([fetchUserinfo(), fetchUserinfo()]);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(60_000);
    expect(order).toEqual(['refresh', 'Bearer token-2', 'Bearer token-2']);
  });

  test('a tab that comes to the front after its timer stood still refreshes at once', async () => {
    await signedIn({ expires_in: 7200 });
    const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    document.dispatchEvent(new Event('visibilitychange'));
    vi.useRealTimers();
    await vi.waitFor(() => expect(refreshes).toHaveLength(1));
  });
});

describe('without a network', () => {
  test('the account stays, with what is wrong, until it is over', async () => {
    await signedIn();
    setOnline(false);
    expect(session.getSnapshot()).toMatchObject({ sessionId: 'session-1', trouble: { code: 'offline' } });
    const refreshes = serve('refreshToken', () => answer.token());
    setOnline(true);
    expect(session.getSnapshot()).not.toHaveProperty('trouble');
    // Its token is good for another two hours.
    await pass(10_000);
    expect(refreshes).toEqual([]);
  });

  test('a refresh that failed meanwhile is tried again when the network is back', async () => {
    await signedIn({ expires_in: 60 });
    setOnline(false);
    const failed = serve('refreshToken', () => Response.error());
    await pass(31_000);
    await vi.waitFor(() => expect(failed.length).toBeGreaterThan(0));
    const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
    setOnline(true);
    vi.useRealTimers();
    await vi.waitFor(() => expect(refreshes).toHaveLength(1));
  });

  test('a session is looked up when the network is back', async () => {
    writeSessionMark('signed-in');
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    serve('session', () => Response.error());
    await session.restore();
    expect(session.getSnapshot()).toEqual({ name: 'restoring', trouble: { code: 'offline' } });
    serve('session', () => answer.token());
    setOnline(true);
    vi.useRealTimers();
    await vi.waitFor(() => expect(session.getSnapshot().name).toBe('signed-in'));
  });
});

describe('Back (bfcache)', () => {
  test('what the browser keeps shows nobody, and whoever is signed in then is shown on return', async () => {
    await signedIn();
    transition('pagehide', true);
    expect(session.getSnapshot()).toEqual({ name: 'restoring' });
    await expect(fetchUserinfo()).rejects.toMatchObject({ code: 'no_session' });
    serve('session', () => answer.token({ session_id: 'session-2' }));
    transition('pageshow', true);
    vi.useRealTimers();
    await vi.waitFor(() => expect(session.getSnapshot()).toMatchObject({ sessionId: 'session-2' }));
  });

  test('a page that is not kept goes as it is, and the first show looks up nothing', async () => {
    await signedIn();
    transition('pagehide', false);
    transition('pageshow', false);
    expect(session.getSnapshot().name).toBe('signed-in');
  });
});

test('a sign-in that the callback page failed to finish says why, once', async () => {
  leaveOutcome({ code: 'provider_timeout', requestId: 'req-7' });
  await session.restore();
  expect(session.getSnapshot()).toEqual({
    name: 'signed-out',
    notice: { code: 'provider_timeout', requestId: 'req-7' },
  });
  await session.restore();
  expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
});

test('nothing goes on after it is closed', async () => {
  await signedIn({ expires_in: 60 });
  session.close();
  setOnline(false);
  transition('pageshow', true);
  await pass(HOUR_MS, 60_000);
  expect(session.getSnapshot()).toEqual({ name: 'signed-out' });
  expect(readSessionMark()).toBe('signed-in');
});
