import { describe, expect, test, vi } from 'vitest';
import { answer, STATE } from '../../test/answers.ts';
import { answerAsCallbackPage } from '../../test/answer-as-callback-page.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { BROKEN_WINDOWS } from '../../test/broken-windows.ts';
import { loadPage, openTransactionOf, recordSteps, sessionOf, stored, until } from '../../test/client.ts';
import { stopClock } from '../../test/later.ts';
import { startSignIn } from '../../test/start-sign-in.ts';
import { stubWindowOpen, stubWindowStop } from '../../test/stub-window-open.ts';
import { acceptInTab } from '../hand-over/accept-in-tab.ts';
import { handOverFromCallbackPage } from '../hand-over/hand-over-from-callback-page.ts';
import { hasGoneOnInTab } from './same-tab.ts';
import { startTransaction } from './transaction.ts';

useApiServer();

const stubAssign = () => vi.spyOn(location, 'assign').mockReturnValue();

test('a window that seems closed gives the button back, and its late response still signs in', async () => {
  serve('exchangeToken', () => answer.token());
  const { client, popup } = await startSignIn();
  popup.closed = true;
  await until(client, 'window-lost');
  await expect(answerAsCallbackPage({ code: 'code-1' })).resolves.toBe('acknowledged');
  await until(client, 'signed-in');
});

test('a blocked window continues the sign-in in this tab, and no storage contains state', async () => {
  serve('start', answer.start);
  vi.spyOn(window, 'open').mockReturnValue(null);
  const assign = stubAssign();
  const client = loadPage();
  client.signIn();
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
  expect(stored(sessionStorage)).not.toContain(STATE);
});

describe.each([
  ['after the pointer has reached the button', true],
  ['without a hover', false],
])('a click %s, with a replaced window.open', (_, isPrepared) => {
  const start = {
    authorizationUrl: 'http://provider.example/authorize',
    state: STATE,
    expiresIn: 600,
  };

  // A window that opens at the provider need not navigate any more.
  const broken = BROKEN_WINDOWS.filter(([name]) => !isPrepared || name !== 'a window that fails to navigate');

  test.each(broken)('that returns %s, continues the sign-in in this tab', async (__, open) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no Window on purpose
    vi.spyOn(window, 'open').mockImplementation(open as typeof window.open);
    const assign = stubAssign();
    const steps: string[] = [];
    const transaction = startTransaction({
      start: { ...(isPrepared && { ready: start }), answer: Promise.resolve(start) },
      mode: 'popup',
      returnTo: undefined,
      onStep: (step) => steps.push(step),
      closing: new AbortController().signal,
    });
    await vi.waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(start.authorizationUrl));
    expect(steps.filter((step) => step !== 'opening-window')).toEqual(['window-blocked', 'redirecting']);
    expect(transaction.cancel()).toBe(STATE);
  });
});

test('with a replaced window.open, the person can cancel the sign-in', async () => {
  const starts = serve('start', answer.start);
  const ended = serve('exchangeToken', () => answer.error('authorization_denied'));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no Window on purpose
  vi.spyOn(window, 'open').mockReturnValue({} as Window);
  stubWindowStop();
  const assign = stubAssign();
  const client = loadPage();
  client.prepareSignIn();
  await vi.waitFor(() => expect(starts).toHaveLength(1));
  client.signIn();
  await vi.waitFor(() => expect(assign).toHaveBeenCalled());
  openTransactionOf(client).cancel();
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
  await vi.waitFor(() => expect(ended).toHaveLength(1));
});

test('closing the window before it reaches the provider ends the sign-in', async () => {
  const held = Promise.withResolvers<void>();
  serve('start', async () => {
    await held.promise;
    return answer.start();
  });
  const opened = stubWindowOpen();
  const client = loadPage();
  client.signIn();
  opened[0]!.closed = true;
  held.resolve();
  await until(client, 'idle');
  expect(sessionOf(client)).toMatchObject({ error: { code: 'window_closed' } });
  expect(opened[0]!.url).toBe('/oauth/opening.html');
});

test('a lost window is opened again for the same transaction, also with the sign-in button', async () => {
  const { client, popup, opened, starts } = await startSignIn();
  openTransactionOf(client).showWindow?.();
  expect(opened).toHaveLength(2);
  const steps = recordSteps(client);
  // The first window is not watched any more. The second one is, by a timer that starts later.
  popup.closed = true;
  opened[1]!.closed = true;
  await until(client, 'window-lost');
  expect(steps).toEqual(['window-lost']);
  client.signIn();
  expect(sessionOf(client)).toMatchObject({ step: 'waiting-for-provider' });
  expect(opened.map(({ url }) => url)).toEqual(Array(3).fill(popup.url));
  expect(starts).toHaveLength(1);
});

test('closing the first of two windows changes nothing', async () => {
  stopClock({ withIntervals: true });
  const { client, popup } = await startSignIn();
  openTransactionOf(client).showWindow?.();
  popup.closed = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sessionOf(client)).toMatchObject({ step: 'waiting-for-provider' });
});

test('a window that is blocked when it is opened again continues the sign-in in this tab', async () => {
  const { client } = await startSignIn();
  vi.spyOn(window, 'open').mockReturnValue(null);
  const assign = stubAssign();
  openTransactionOf(client).showWindow?.();
  expect(sessionOf(client)).toMatchObject({ step: 'redirecting' });
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
});

test('"continue here" goes to the provider in this tab, once', async () => {
  const { client, popup } = await startSignIn();
  const assign = stubAssign();
  popup.closed = true;
  await until(client, 'window-lost');
  const { continueHere } = openTransactionOf(client);
  continueHere?.();
  continueHere?.();
  expect(sessionOf(client)).toMatchObject({ step: 'redirecting' });
  expect(openTransactionOf(client)).not.toHaveProperty('continueHere');
  await vi.waitFor(() => expect(assign).toHaveBeenCalledTimes(1));
  await expect(hasGoneOnInTab(STATE)).resolves.toBe(true);
});

test('"continue here" before the window has left for the provider leaves no window behind', async () => {
  const held = Promise.withResolvers<void>();
  serve('start', async () => {
    await held.promise;
    return answer.start();
  });
  const opened = stubWindowOpen();
  const assign = stubAssign();
  const client = loadPage();
  client.signIn();
  openTransactionOf(client).continueHere?.();
  expect(opened).toMatchObject([{ closed: true }]);
  held.resolve();
  await vi.waitFor(() => expect(assign).toHaveBeenCalledTimes(1));
  await expect(hasGoneOnInTab(STATE)).resolves.toBe(false);
});

test('a window that answers before this tab has left for the provider signs in, and the tab stays', async () => {
  serve('exchangeToken', () => answer.token());
  const stop = stubWindowStop();
  stubAssign();
  const { client } = await startSignIn();
  openTransactionOf(client).continueHere?.();
  await expect(answerAsCallbackPage({ code: 'code-1' })).resolves.toBe('acknowledged');
  await until(client, 'signed-in');
  expect(stop).toHaveBeenCalledTimes(1);
});

test('after the callback page has exchanged the code itself, this tab restores the session, also without a mark', async () => {
  const { client } = await startSignIn();
  serve('session', () => answer.token());
  const handOver = await handOverFromCallbackPage({ state: STATE, code: 'code-1' });
  expect(handOver.keep()).toBe(true);
  await vi.waitFor(() => {
    // The tab begins to listen a moment after its window has left for the provider.
    handOver.finished();
    expect(client.getSession().isSignedIn).toBe(true);
  });
  handOver.close();
});

test('a transaction expires after ten minutes', async () => {
  stopClock({ withIntervals: true, withDate: false });
  const { client } = await startSignIn();
  await vi.advanceTimersByTimeAsync(599_000);
  expect(sessionOf(client)).toMatchObject({ step: 'waiting-for-provider' });
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(601_000);
    expect(sessionOf(client)).toEqual({
      status: 'signed-out',
      step: 'idle',
      error: { code: 'transaction_expired' },
    });
  });
});

test('a closed client does not take the response of a window that comes back', async () => {
  const { client } = await startSignIn();
  client.close();
  const otherTab = await acceptInTab(STATE);
  await expect(answerAsCallbackPage({ code: 'code-1' })).resolves.toBe('acknowledged');
  await expect(otherTab.response).resolves.toEqual({ state: STATE, code: 'code-1' });
  otherTab.close();
});
