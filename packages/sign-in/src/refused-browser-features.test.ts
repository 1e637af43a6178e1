import { afterEach, describe, expect, test, vi } from 'vitest';
import { answer } from '../test/answers.ts';
import { answerAsCallbackPage } from '../test/answer-as-callback-page.ts';
import { serve, useApiServer } from '../test/api-server.ts';
import { loadPage, loadSignedInPage, sessionOf, until } from '../test/client.ts';
import { startSignIn } from '../test/start-sign-in.ts';
import { stubWindowOpen } from '../test/stub-window-open.ts';
import { requestEarlySession } from './session/early-session-request.ts';

/* What a browser may refuse: by its settings, in a private window, in a built-in browser of an app, by an extension. */

useApiServer();

const undo: (() => void)[] = [];
// Before the storage is cleared, which the browser would refuse, too.
afterEach(() => {
  for (const restore of undo.splice(0).toReversed()) restore();
  document.cookie = `${HINT}=; Max-Age=-1; Path=/`;
});

const HINT = `oneclick-session_${location.port}`;

/** Replaces a property, until the test ends. */
function replace(target: object, name: string, property: PropertyDescriptor): void {
  const former = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { ...property, configurable: true });
  undo.push(() => {
    if (former) Object.defineProperty(target, name, former);
    else Reflect.deleteProperty(target, name);
  });
}

const refuse = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};
function RefusedChannel() {
  refuse();
}

/** Blocks cookies as Firefox does it, which also refuses all that could be stored or sent to another page. */
function blockCookies(): void {
  replace(navigator, 'cookieEnabled', { value: false });
  for (const name of ['localStorage', 'sessionStorage']) replace(globalThis, name, { get: refuse });
  replace(globalThis, 'BroadcastChannel', { value: RefusedChannel });
  replace(navigator, 'locks', { value: { request: async () => refuse() } });
}

const storageOnly: readonly [string, () => void][] = [
  ['localStorage', () => replace(globalThis, 'localStorage', { get: refuse })],
  ['sessionStorage', () => replace(globalThis, 'sessionStorage', { get: refuse })],
  ['the cookies of scripts', () => replace(document, 'cookie', { get: refuse, set: refuse })],
  ['navigator.locks', () => replace(navigator, 'locks', { get: refuse })],
  ['to know navigator.locks', () => replace(navigator, 'locks', { value: undefined })],
  ['a lock, with an error', () => replace(navigator, 'locks', { value: { request: refuse } })],
  [
    'a lock, with a rejection',
    () => replace(navigator, 'locks', { value: { request: async () => refuse() } }),
  ],
];

const neededForHandOver: readonly [string, () => void][] = [
  ['a BroadcastChannel', () => replace(globalThis, 'BroadcastChannel', { value: RefusedChannel })],
  ['to know BroadcastChannel', () => replace(globalThis, 'BroadcastChannel', { value: undefined })],
  ['crypto', () => replace(globalThis, 'crypto', { get: refuse })],
  ['crypto.subtle', () => replace(globalThis.crypto, 'subtle', { get: refuse })],
  ['to know crypto.subtle', () => replace(globalThis.crypto, 'subtle', { value: undefined })],
];

describe.each([...storageOnly, ...neededForHandOver])('a browser that refuses %s', (_, makeRefuse) => {
  test('shows the sign-in button', () => {
    makeRefuse();
    requestEarlySession();
    expect(sessionOf(loadPage())).toEqual({ status: 'signed-out', step: 'idle' });
  });

  test('restores a session, and signs out', async () => {
    document.cookie = `${HINT}=1; Path=/`;
    serve('logout', answer.noContent);
    makeRefuse();
    const client = await loadSignedInPage();
    await client.signOut();
    expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
  });
});

test.each(storageOnly)('a browser that refuses %s signs in with a window', async (_, makeRefuse) => {
  makeRefuse();
  serve('exchangeToken', () => answer.token());
  const { client } = await startSignIn();
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  expect(client.getSession().isSignedIn).toBe(true);
});

test.each(neededForHandOver)(
  'a browser that refuses %s signs in without a window, because no response could be handed over',
  async (_, makeRefuse) => {
    makeRefuse();
    serve('start', answer.start);
    const opened = stubWindowOpen();
    const assign = vi.spyOn(location, 'assign').mockReturnValue();
    const client = loadPage();
    client.signIn();
    expect(sessionOf(client)).toMatchObject({ step: 'redirecting' });
    await vi.waitFor(() => expect(assign).toHaveBeenCalledWith(expect.stringContaining('provider.example')));
    expect(opened).toEqual([]);
  },
);

describe('a browser in which the user blocks cookies', () => {
  const blocked = { status: 'signed-out', step: 'idle', error: { code: 'cookies_blocked' } };
  test('says so on the first screen, without a request', () => {
    blockCookies();
    expect(sessionOf(loadPage())).toEqual(blocked);
  });

  test('says so again after a click, opens no window, and prepares none', () => {
    blockCookies();
    const opened = stubWindowOpen();
    const client = loadPage();
    client.prepareSignIn();
    client.signIn();
    expect(sessionOf(client)).toEqual(blocked);
    expect(opened).toEqual([]);
  });

  test('signs in as soon as the user allows cookies', async () => {
    blockCookies();
    const client = loadPage();
    for (const restore of undo.splice(0).toReversed()) restore();
    serve('exchangeToken', () => answer.token());
    await startSignIn(client);
    await answerAsCallbackPage({ code: 'code-1' });
    await until(client, 'signed-in');
    expect(client.getSession().isSignedIn).toBe(true);
  });
});
