import { expect, onTestFinished, test, vi } from 'vitest';
import { answer, STATE } from '../../test/answers.ts';
import { answerAsCallbackPage } from '../../test/answer-as-callback-page.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, openTransactionOf, sessionOf, stored, until } from '../../test/client.ts';
import { createLocks } from '../../test/locks.ts';
import { later, stopClock } from '../../test/later.ts';
import { startSignIn } from '../../test/start-sign-in.ts';
import { stubWindowOpen, stubWindowStop } from '../../test/stub-window-open.ts';

useApiServer();

const pretendToBeKakaoTalk = () => vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('x KAKAOTALK 1');

test('a sign-in opens the window in the click, takes the response and exchanges it once', async () => {
  const exchanges = serve('exchangeToken', () => answer.token());
  const { client, popup } = await startSignIn();
  expect(popup).toMatchObject({
    openedOn: '/oauth/opening.html',
    opener: null,
    url: expect.stringContaining('http://provider.example/'),
  });

  await expect(answerAsCallbackPage({ code: 'code-1' })).resolves.toBe('acknowledged');
  await until(client, 'signed-in');
  // A second copy of the response is not wanted.
  await expect(answerAsCallbackPage({ code: 'code-1' })).resolves.toBe('done');
  expect(exchanges).toHaveLength(1);
  await expect(exchanges[0]!.json()).resolves.toEqual({ code: 'code-1', state: STATE });
  expect(exchanges[0]!.headers.get('X-CSRF')).toBe('1');
});

test('after a sign-in neither the session nor a storage contains the token, the code or state', async () => {
  serve('exchangeToken', () => answer.token());
  const { client } = await startSignIn();
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  const readable = JSON.stringify(sessionOf(client)) + stored(localStorage) + stored(sessionStorage);
  expect(readable).toContain('session-1');
  expect(readable).not.toMatch(/token-1|code-1|sssss/);
});

test('every key, channel and lock carries a name of our own', async () => {
  const names: string[] = [];
  vi.stubGlobal(
    'BroadcastChannel',
    class extends BroadcastChannel {
      constructor(name: string) {
        super(name);
        names.push(name);
      }
    },
  );
  const locks = createLocks();
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
  onTestFinished(() => {
    vi.unstubAllGlobals();
    Reflect.deleteProperty(navigator, 'locks');
  });
  serve('exchangeToken', () => answer.token());
  const { client } = await startSignIn();
  vi.spyOn(location, 'assign').mockReturnValue();
  stubWindowStop();
  openTransactionOf(client).continueHere?.();
  await vi.waitFor(() => expect(location.assign).toHaveBeenCalled());
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  names.push(...locks.requested.map(({ name }) => name));
  names.push(...Object.keys(localStorage), ...Object.keys(sessionStorage));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !name.startsWith('oneclick:'))).toEqual([]);
});

test('the session lock is requested when the window leaves, and the exchange uses that request', async () => {
  const locks = createLocks();
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
  onTestFinished(() => void Reflect.deleteProperty(navigator, 'locks'));
  // A slow machine must not end the reservation, which lasts a second.
  stopClock();
  serve('exchangeToken', () => answer.token());
  const { client } = await startSignIn();
  expect(locks.requested).toHaveLength(1);
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  expect(locks.requested).toHaveLength(1);
});

test('a refusal by the user is shown, and the API ends the transaction', async () => {
  const exchanges = serve('exchangeToken', () => answer.error('authorization_denied'));
  const { client } = await startSignIn();
  await answerAsCallbackPage({ error: 'access_denied' });
  await until(client, 'idle');
  expect(sessionOf(client)).toMatchObject({ error: { code: 'authorization_denied', requestId: 'req-1' } });
  await expect(exchanges[0]!.json()).resolves.toEqual({ error: 'access_denied', state: STATE });
});

test('a failed exchange is shown with its code', async () => {
  serve('exchangeToken', () => answer.error('code_rejected'));
  const { client } = await startSignIn();
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'idle');
  expect(sessionOf(client)).toMatchObject({ error: { code: 'code_rejected' } });
});

test('a transaction that is lost at an API on another host is told as blocked cookies of the API', async () => {
  serve('exchangeToken', () => answer.error('transaction_not_found'));
  const { client } = await startSignIn();
  vi.spyOn(location, 'hostname', 'get').mockReturnValue('app.example.com');
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'idle');
  expect(sessionOf(client)).toMatchObject({ error: { code: 'api_cookies_blocked', requestId: 'req-1' } });
});

test('an exchange that is answered with 429 is sent again with the same code, and signs in', async () => {
  stopClock();
  const exchanges = serve('exchangeToken', () => answer.error('rate_limited', { 'Retry-After': '30' }));
  const { client } = await startSignIn();
  await answerAsCallbackPage({ code: 'code-1' });
  await vi.waitFor(() => expect(exchanges).toHaveLength(1));
  await later(29_000);
  expect(sessionOf(client)).toMatchObject({ status: 'signing-in', step: 'exchanging-code' });
  const repeated = serve('exchangeToken', () => answer.token());
  await later(2_000);
  await until(client, 'signed-in');
  expect([exchanges.length, repeated.length]).toEqual([1, 1]);
  await expect(repeated[0]!.json()).resolves.toEqual({ code: 'code-1', state: STATE });
});

test('while the API is down, the window closes and the error is shown', async () => {
  serve('start', () => new Response('<h1>502</h1>', { status: 502 }));
  const opened = stubWindowOpen();
  const client = loadPage();
  client.signIn();
  await until(client, 'idle');
  expect(opened[0]?.closed).toBe(true);
  expect(sessionOf(client)).toMatchObject({ error: { code: 'api_unreachable' } });
});

test('the response to a cancelled sign-in is refused, and its transaction is ended at the API', async () => {
  const ended = serve('exchangeToken', () => answer.error('authorization_denied'));
  const { client } = await startSignIn();
  openTransactionOf(client).cancel();
  await expect(answerAsCallbackPage({ code: 'code-1' })).resolves.toBe('refused');
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  await expect(ended[0]!.json()).resolves.toEqual({ error: 'access_denied', state: STATE });
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
});

test('the methods of a transaction do nothing once it has ended', async () => {
  serve('exchangeToken', () => answer.token());
  const { client, opened } = await startSignIn();
  const { showWindow, continueHere, cancel } = openTransactionOf(client);
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  const signedIn = client.getSession();
  showWindow?.();
  continueHere?.();
  cancel();
  expect(client.getSession()).toBe(signedIn);
  expect(opened).toHaveLength(1);
});

test('a prepared sign-in goes straight to the provider, and the API is asked once', async () => {
  const read = vi.spyOn(Response.prototype, 'text');
  const starts = serve('start', answer.start);
  const opened = stubWindowOpen();
  const client = loadPage();
  client.prepareSignIn();
  await vi.waitFor(() => expect(read).toHaveBeenCalled());
  await read.mock.results[0]?.value;
  await new Promise((resolve) => setImmediate(resolve));
  client.prepareSignIn();
  client.signIn();
  expect(opened).toMatchObject([
    { openedOn: expect.stringContaining('provider.example'), opener: null, navigations: 0 },
  ]);
  expect(sessionOf(client)).toMatchObject({ step: 'waiting-for-provider' });
  expect(starts).toHaveLength(1);
});

test.each([
  ["an app's own browser", pretendToBeKakaoTalk],
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
])('in %s the tab goes to the provider itself', async (_, pretend) => {
  pretend();
  serve('start', answer.start);
  const opened = stubWindowOpen();
  const assign = vi.spyOn(location, 'assign').mockReturnValue();
  const client = loadPage();
  client.signIn();
  expect(sessionOf(client)).toMatchObject({ step: 'redirecting' });
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
  expect(opened).toEqual([]);
});

test('with mode "redirect" the tab goes to the provider and remembers the path to return to', async () => {
  serve('start', answer.start);
  const opened = stubWindowOpen();
  const assign = vi.spyOn(location, 'assign').mockReturnValue();
  const client = loadPage();
  client.signIn({ mode: 'redirect', returnTo: '/checkout?step=2' });
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
  expect(opened).toEqual([]);
  expect(stored(sessionStorage)).toContain('/checkout?step=2');
});

test('inside another page no sign-in starts', () => {
  vi.spyOn(window, 'top', 'get').mockReturnValue(null);
  const opened = stubWindowOpen();
  const client = loadPage();
  client.signIn();
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle', error: { code: 'framed' } });
  expect(opened).toEqual([]);
});

test('cancelling before the tab has left stops the navigation', () => {
  pretendToBeKakaoTalk();
  const stop = stubWindowStop();
  serve('start', () => new Promise<never>(() => undefined));
  const client = loadPage();
  client.signIn();
  openTransactionOf(client).cancel();
  expect(stop).toHaveBeenCalledTimes(1);
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
});
