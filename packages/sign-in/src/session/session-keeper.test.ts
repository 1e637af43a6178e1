import { describe, expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import {
  loadPage,
  loadSignedInPage,
  recordEvents,
  sessionOf,
  until,
  untilSession,
} from '../../test/client.ts';
import { later, stopClock } from '../../test/later.ts';
import type { SignInClient } from '../sign-in-client.ts';
import { leaveSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

useApiServer();

const HOUR_MS = 3_600_000;
const SIGNED_IN = { status: 'signed-in', sessionId: 'session-1', scopes: ['profile', 'balance'] };

const untilWarning = (client: SignInClient) => untilSession(client, (session) => 'warning' in session);

describe('restore', () => {
  test('a visitor who never signed in causes no request', () => {
    expect(sessionOf(loadPage())).toEqual({ status: 'signed-out', step: 'idle' });
  });

  test('a user who was signed in is signed in without a window', async () => {
    expect(sessionOf(await loadSignedInPage())).toEqual(SIGNED_IN);
  });

  test.each([
    ['no_session', { step: 'idle' }, 'none'],
    ['session_expired', { step: 'ended', error: { code: 'session_expired', requestId: 'req-1' } }, 'none'],
    // It may have been the provider's slip: the next reload asks again.
    [
      'session_refused',
      { step: 'ended', error: { code: 'session_refused', requestId: 'req-1' } },
      'signed-in',
    ],
  ] as const)('the answer %s signs out', async (code, session, mark) => {
    writeSessionMark('signed-in');
    serve('session', () => answer.error(code));
    const client = loadPage();
    await until(client, session.step);
    expect(sessionOf(client)).toEqual({ status: 'signed-out', ...session });
    expect(readSessionMark()).toBe(mark);
  });

  test('a 401 of a proxy in place of the API does not sign out, and the user can try again', async () => {
    writeSessionMark('signed-in');
    serve('session', () => Response.json({ error: 'no_session' }, { status: 401 }));
    const client = loadPage();
    await untilWarning(client);
    expect(sessionOf(client)).toMatchObject({ status: 'loading', warning: { code: 'api_bad_answer' } });
    expect(readSessionMark()).toBe('signed-in');
    serve('session', () => answer.token());
    client.tryAgain();
    await until(client, 'signed-in');
  });

  test('a request for the session that is never answered ends in a warning after 15 seconds', async () => {
    stopClock();
    writeSessionMark('signed-in');
    serve('session', () => new Promise<never>(() => undefined));
    const client = loadPage();
    await later(15_000);
    await untilWarning(client);
    expect(sessionOf(client)).toMatchObject({ status: 'loading', warning: { code: 'api_unreachable' } });
    serve('session', () => answer.token());
    client.tryAgain();
    await until(client, 'signed-in');
  });

  test('while the provider is down the session is kept, and asked for again after Retry-After', async () => {
    stopClock();
    writeSessionMark('signed-in');
    serve('session', () => answer.error('provider_unavailable', { 'Retry-After': '20' }));
    const client = loadPage();
    await untilWarning(client);
    expect(sessionOf(client)).toMatchObject({ status: 'loading', warning: { code: 'provider_unavailable' } });
    const requests = serve('session', () => answer.token());
    await later(19_000);
    expect(requests).toHaveLength(0);
    await later(2_000);
    await until(client, 'signed-in');
  });

  test('while the API fails the session is asked for with growing pauses', async () => {
    stopClock();
    writeSessionMark('signed-in');
    const requests = serve('session', () => answer.error('provider_timeout'));
    const client = loadPage();
    await untilWarning(client);
    await later(10 * 60_000, 2_000);
    expect(requests.length).toBeGreaterThan(8);
    expect(requests.length).toBeLessThan(22);
    expect(sessionOf(client)).toMatchObject({ status: 'loading' });
  });

  test('tryAgain asks for the session at once, without the warning of the last try', async () => {
    writeSessionMark('signed-in');
    serve('session', () => answer.error('provider_timeout'));
    const client = loadPage();
    await untilWarning(client);
    serve('session', () => answer.token());
    client.tryAgain();
    expect(sessionOf(client)).toEqual({ status: 'loading' });
    await until(client, 'signed-in');
    expect(sessionOf(client)).toEqual(SIGNED_IN);
  });

  test('a sign-in that the callback page finished is completed in all tabs, also if the first request fails', async () => {
    const otherTab = loadPage();
    leaveSignInOutcome({ isCompleted: true, tookMs: 1234 });
    serve('session', answer.networkError);
    const client = loadPage();
    await untilWarning(client);
    serve('session', () => answer.token());
    client.tryAgain();
    await until(client, 'signed-in');
    await until(otherTab, 'signed-in');
    expect(recordEvents(client).events).toEqual([{ type: 'completed', tookMs: 1234 }]);
  });

  test('the failure of a sign-in that the callback page finished is shown once', () => {
    leaveSignInOutcome({ code: 'provider_timeout', requestId: 'req-7' });
    expect(sessionOf(loadPage())).toEqual({
      status: 'signed-out',
      step: 'idle',
      error: { code: 'provider_timeout', requestId: 'req-7' },
    });
    expect(sessionOf(loadPage())).toEqual({ status: 'signed-out', step: 'idle' });
  });
});

describe('refresh in time', () => {
  test('a refresh is requested shortly after the API counts the token as due, and not before', async () => {
    stopClock();
    await loadSignedInPage({ expires_in: 7200 });
    const requests = serve('session', () => answer.token({ access_token: 'token-2' }));
    await later(6_900_000, 30_000);
    await later(9_000);
    expect(requests).toHaveLength(0);
    await later(2_000);
    await vi.waitFor(() => expect(requests).toHaveLength(1));
  });

  test('a passing failure keeps the session, and the refresh is tried again', async () => {
    stopClock();
    const client = await loadSignedInPage({ expires_in: 7200 });
    const failed = serve('session', () => answer.error('provider_unavailable'));
    await later(6_930_000, 30_000);
    await vi.waitFor(() => expect(failed.length).toBeGreaterThan(0));
    const requests = serve('session', () => answer.token({ access_token: 'token-2' }));
    await later(80_000);
    expect(requests).toHaveLength(1);
    expect(sessionOf(client)).toEqual(SIGNED_IN);
  });

  test('an API that always answers 503 gets about one request a minute, and the user stays signed in', async () => {
    stopClock();
    const client = await loadSignedInPage({ expires_in: 600 });
    const requests = serve('session', () => answer.error('provider_unavailable'));
    await later(HOUR_MS, 5_000);
    // From the fifth minute on, with pauses of up to a minute and a quarter.
    expect(requests.length).toBeGreaterThan(30);
    expect(requests.length).toBeLessThan(90);
    expect(sessionOf(client)).toMatchObject({
      status: 'signed-in',
      warning: { code: 'provider_unavailable', requestId: 'req-1' },
    });
  });

  test('a refresh that answers with another session id starts a new session', async () => {
    const client = await loadSignedInPage();
    serve('userinfo', () => answer.error('invalid_token'));
    serve('session', () => answer.token({ access_token: 'token-b', session_id: 'session-2' }));
    // The request belongs to the former user and is not sent with the token of the new one.
    await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'no_session' });
    expect(sessionOf(client)).toMatchObject({ status: 'signed-in', sessionId: 'session-2' });
  });
});

describe('the end of a session', () => {
  test('a session that the provider ended is shown as ended, with the code', async () => {
    const client = await loadSignedInPage();
    serve('userinfo', () => answer.error('invalid_token'));
    serve('session', () => answer.error('session_expired'));
    await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'session_expired' });
    expect(sessionOf(client)).toMatchObject({ step: 'ended', error: { code: 'session_expired' } });
  });
});

describe('time', () => {
  test('a machine that slept past the end of its token refreshes first, and no request is refused', async () => {
    stopClock();
    const client = await loadSignedInPage({ expires_in: 7200 });
    const order: string[] = [];
    serve('session', () => {
      order.push('refresh');
      return answer.token({ access_token: 'token-2' });
    });
    serve('userinfo', (request) => {
      order.push(request.headers.get('Authorization') ?? '');
      return answer.userinfo();
    });
    vi.setSystemTime(Date.now() + 3 * HOUR_MS);
    await Promise.all([client.fetchUserinfo(), client.fetchUserinfo()]);
    document.dispatchEvent(new Event('visibilitychange'));
    await later(60_000);
    expect(order).toEqual(['refresh', 'Bearer token-2', 'Bearer token-2']);
  });
});

test('a closed client ignores the events of the page and sends no request', async () => {
  stopClock();
  const client = await loadSignedInPage({ expires_in: 60 });
  client.close();
  window.dispatchEvent(new Event('offline'));
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  await later(HOUR_MS, 60_000);
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
  expect(readSessionMark()).toBe('signed-in');
});
