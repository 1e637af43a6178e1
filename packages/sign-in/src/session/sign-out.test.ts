import { expect, onTestFinished, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { answerAsCallbackPage } from '../../test/answer-as-callback-page.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, sessionOf, until } from '../../test/client.ts';
import { createLocks } from '../../test/locks.ts';
import { stubWindowOpen } from '../../test/stub-window-open.ts';
import { readSessionMark } from './session-mark.ts';

useApiServer();

const SIGNED_OUT = { status: 'signed-out', step: 'idle' };

/** A sign-out that the API answers when the test says so, and the requests in the order in which they arrive. */
function serveHeldLogout() {
  const order: string[] = [];
  const { promise: held, resolve: finish } = Promise.withResolvers<void>();
  serve('logout', async () => {
    await held;
    order.push('logout answered');
    return answer.noContent();
  });
  serve('start', () => {
    order.push('start');
    return answer.start();
  });
  return { order, finish };
}

test('a refresh that finishes after the sign-out does not sign the user in again', async () => {
  const client = await loadSignedInPage();
  serve('logout', answer.noContent);
  serve('userinfo', () => answer.error('invalid_token'));
  const held = Promise.withResolvers<void>();
  const refreshes = serve('refreshToken', async () => {
    await held.promise;
    return answer.token({ access_token: 'token-2' });
  });
  const pending = client.fetchUserinfo();
  pending.catch(() => undefined);
  await vi.waitFor(() => expect(refreshes).toHaveLength(1));
  await client.signOut();
  held.resolve();
  await expect(pending).rejects.toMatchObject({ code: 'no_session' });
  expect(sessionOf(client)).toEqual(SIGNED_OUT);
  expect(readSessionMark()).toBe('none');
});

test('while the API is down a sign-out takes effect, and the next page load reports it', async () => {
  const client = await loadSignedInPage();
  serve('logout', () => Response.error());
  await client.signOut();
  expect(sessionOf(client)).toEqual(SIGNED_OUT);

  const reports = serve('logout', answer.noContent);
  const nextPage = loadPage();
  expect(sessionOf(nextPage)).toEqual(SIGNED_OUT);
  await vi.waitFor(() => expect(readSessionMark()).toBe('none'));
  expect(reports).toHaveLength(1);
});

test('a sign-out reaches the other tabs', async () => {
  const client = await loadSignedInPage();
  const otherTab = await loadSignedInPage();
  serve('logout', answer.noContent);
  await client.signOut();
  await until(otherTab, 'idle');
  expect(sessionOf(otherTab)).toEqual(SIGNED_OUT);
});

test('a sign-in after a sign-out waits until the API has answered the sign-out', async () => {
  const client = await loadSignedInPage();
  const { order, finish } = serveHeldLogout();
  serve('exchangeToken', () => answer.token({ session_id: 'session-2' }));
  stubWindowOpen();
  void client.signOut();
  client.prepareSignIn();
  client.signIn();
  finish();
  await until(client, 'waiting-for-provider');
  expect(order).toEqual(['logout answered', 'start']);
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  expect(readSessionMark()).toBe('signed-in');
});

test('a sign-in waits until the API has answered the sign-out of another tab', async () => {
  vi.stubGlobal('navigator', { userAgent: '', onLine: true, cookieEnabled: true, locks: createLocks() });
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = await loadSignedInPage();
  const otherTab = await loadSignedInPage();
  const { order, finish } = serveHeldLogout();
  stubWindowOpen();
  const signedOut = client.signOut();
  await until(otherTab, 'idle');
  otherTab.signIn();
  finish();
  await signedOut;
  await until(otherTab, 'waiting-for-provider');
  expect(order).toEqual(['logout answered', 'start']);
});
