import { describe, expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { answerAsCallbackPage } from '../../test/answer-as-callback-page.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, openTransactionOf, recordEvents, until } from '../../test/client.ts';
import { startSignIn } from '../../test/start-sign-in.ts';
import { stubWindowStop } from '../../test/stub-window-open.ts';
import { writeSessionMark } from '../session/session-mark.ts';
import { createEventLog } from './event-log.ts';
import { leaveSignInOutcome } from './sign-in-outcome.ts';

useApiServer();

/** Events are delivered in a microtask. */
const delivered = () => Promise.resolve();

describe('event log', () => {
  const started = { type: 'started', mode: 'popup' } as const;
  const answered = { type: 'answered' } as const;

  test('a listener gets the events after it was added, and the earlier ones only with replay', async () => {
    const log = createEventLog();
    log.record(started);
    await delivered();
    const later = vi.fn<(event: object) => void>();
    const replayed = vi.fn<(event: object) => void>();
    log.onEvent(later);
    log.onEvent(replayed, { replay: true });
    expect(replayed.mock.calls).toEqual([[started]]);
    log.record(answered);
    await delivered();
    expect(later.mock.calls).toEqual([[answered]]);
    expect(replayed.mock.calls).toEqual([[started], [answered]]);
  });

  test('a listener that is added with replay while an event is on its way gets that event once', async () => {
    const log = createEventLog();
    const listener = vi.fn<(event: object) => void>();
    log.record(started);
    log.onEvent(listener, { replay: true });
    await delivered();
    expect(listener.mock.calls).toEqual([[started]]);
  });

  test('the same function gets each event once, added twice or added again after its undo', async () => {
    const log = createEventLog();
    const listener = vi.fn<(event: object) => void>();
    log.record(started);
    await delivered();
    log.onEvent(listener, { replay: true })();
    log.onEvent(listener, { replay: true });
    log.onEvent(listener);
    expect(listener.mock.calls).toEqual([[started]]);
    log.record(answered);
    await delivered();
    expect(listener.mock.calls).toEqual([[started], [answered]]);
  });

  test('an event that happens again is brought again', async () => {
    const log = createEventLog();
    const listener = vi.fn<(event: object) => void>();
    log.onEvent(listener, { replay: true });
    for (const event of [started, started]) log.record(event);
    await delivered();
    expect(listener.mock.calls).toEqual([[started], [started]]);
  });

  test('an error of a listener during a replay reaches neither its caller nor the other events, and nothing is brought twice', async () => {
    const uncaught = vi.fn<(task: () => void) => void>();
    const log = createEventLog();
    for (const event of [started, answered]) log.record(event);
    await delivered();
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(uncaught);
    const listener = vi.fn<(event: object) => void>(() => {
      throw new Error("the listener's own");
    });
    log.onEvent(listener, { replay: true });
    log.onEvent(listener, { replay: true });
    expect(listener.mock.calls).toEqual([[started], [answered]]);
    expect(uncaught).toHaveBeenCalledTimes(2);
    for (const [task] of uncaught.mock.calls) expect(task).toThrow("the listener's own");
  });

  test('a replay brings at most the last hundred events', () => {
    const log = createEventLog();
    for (let index = 0; index < 150; index += 1) log.record({ type: 'completed', tookMs: index });
    const events: object[] = [];
    log.onEvent((event) => events.push(event), { replay: true });
    expect(events).toHaveLength(100);
    expect(events.at(-1)).toEqual({ type: 'completed', tookMs: 149 });
  });
});

describe('the events of a sign-in', () => {
  test('a successful sign-in is started, answered and completed, with the time it took', async () => {
    serve('exchangeToken', () => answer.token());
    const { client } = await startSignIn();
    const { events } = recordEvents(client);
    await answerAsCallbackPage({ code: 'code-1' });
    await until(client, 'signed-in');
    await delivered();
    expect(events).toEqual([
      { type: 'started', mode: 'popup' },
      { type: 'answered' },
      { type: 'completed', tookMs: expect.any(Number) },
    ]);
  });

  test('a refusal by the user is denied, not failed', async () => {
    serve('exchangeToken', () => answer.error('authorization_denied'));
    const { client } = await startSignIn();
    const { events } = recordEvents(client);
    await answerAsCallbackPage({ error: 'access_denied' });
    await until(client, 'idle');
    await delivered();
    expect(events.at(-1)).toEqual({ type: 'denied', requestId: 'req-1' });
  });

  test('the event of a failed sign-in has the code and the request id', async () => {
    serve('exchangeToken', () => answer.error('code_rejected'));
    const { client } = await startSignIn();
    const { events } = recordEvents(client);
    await answerAsCallbackPage({ code: 'code-1' });
    await until(client, 'idle');
    await delivered();
    expect(events.at(-1)).toEqual({ type: 'failed', code: 'code_rejected', requestId: 'req-1' });
  });

  test('lost, opened again, continued here, cancelled and blocked are events, until the listener is removed', async () => {
    const ended = serve('exchangeToken', () => answer.error('authorization_denied'));
    vi.spyOn(location, 'assign').mockReturnValue();
    stubWindowStop();
    const { client, popup, starts } = await startSignIn();
    const { events, stop } = recordEvents(client);
    popup.closed = true;
    await until(client, 'window-lost');
    client.signIn();
    openTransactionOf(client).continueHere?.();
    openTransactionOf(client).cancel();
    vi.spyOn(window, 'open').mockReturnValue(null);
    client.signIn();
    await delivered();
    const types = events.map(({ type }) => type);
    expect(types).toEqual([
      'started',
      'window-lost',
      'window-opened-again',
      'continued-here',
      'cancelled',
      'started',
      'window-blocked',
    ]);
    stop();
    openTransactionOf(client).cancel();
    await delivered();
    expect(events).toHaveLength(types.length);
    await vi.waitFor(() => expect([starts.length, ended.length]).toEqual([2, 1]));
  });

  test('a sign-in that the callback page has finished is completed, also in a later replay', async () => {
    leaveSignInOutcome({ isCompleted: true, tookMs: 1234 });
    const client = await loadSignedInPage();
    expect(recordEvents(client).events).toEqual([{ type: 'completed', tookMs: 1234 }]);
  });

  test('a sign-in that failed in this tab is denied, also while another tab is signed in', async () => {
    leaveSignInOutcome({ code: 'authorization_denied', requestId: 'req-1' });
    const client = await loadSignedInPage();
    expect(recordEvents(client).events).toEqual([{ type: 'denied', requestId: 'req-1' }]);
  });

  test('an error in a listener is reported as uncaught, and the sign-in and the other listeners go on', async () => {
    const uncaught = vi.fn<(error: unknown) => void>();
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        uncaught(error);
      }
    });
    const client = loadPage();
    client.onEvent(() => {
      throw new Error("the listener's own");
    });
    const { events } = recordEvents(client);
    serve('exchangeToken', () => answer.token());
    await startSignIn(client);
    await answerAsCallbackPage({ code: 'code-1' });
    await until(client, 'signed-in');
    expect(uncaught).toHaveBeenCalledTimes(3);
    expect(events).toHaveLength(3);
  });
});

describe('the event of a sign-out', () => {
  test('signed-out is recorded when the user signs out, without a code', async () => {
    serve('logout', answer.noContent);
    const client = await loadSignedInPage();
    await client.signOut();
    expect(recordEvents(client).events).toEqual([{ type: 'signed-out' }]);
  });

  test('signed-out has the code if the session has ended by itself', async () => {
    const client = await loadSignedInPage();
    serve('userinfo', () => answer.error('invalid_token'));
    serve('session', () => answer.error('session_expired'));
    await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'session_expired' });
    expect(recordEvents(client).events).toEqual([
      { type: 'signed-out', code: 'session_expired', requestId: 'req-1' },
    ]);
  });

  test('signed-out is not recorded when the client is closed, or for a visitor who never signed in', async () => {
    writeSessionMark('none');
    const visitor = loadPage();
    await until(visitor, 'idle');
    expect(recordEvents(visitor).events).toEqual([]);

    const client = await loadSignedInPage();
    const { events } = recordEvents(client);
    client.close();
    await delivered();
    expect(events).toEqual([]);
  });
});
