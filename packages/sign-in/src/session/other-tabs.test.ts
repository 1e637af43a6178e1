import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { answerAsCallbackPage } from '../../test/answer-as-callback-page.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import {
  loadSignedInPage,
  openTransactionOf,
  recordSteps,
  sessionOf,
  until,
  untilSession,
} from '../../test/client.ts';
import { startSignIn } from '../../test/start-sign-in.ts';
import { stubWindowOpen } from '../../test/stub-window-open.ts';
import type { SignInClient } from '../sign-in-client.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

useApiServer();

let client: SignInClient;
/** A script of our own origin that posts to the tabs. */
let stranger: BroadcastChannel;

beforeEach(async () => {
  client = await loadSignedInPage();
  stranger = new BroadcastChannel('oneclick:session');
  return () => stranger.close();
});

test('the end of a session reaches the other tabs at once, with its code', async () => {
  const otherTab = await loadSignedInPage();
  serve('userinfo', () => answer.error('invalid_token'));
  serve('session', () => answer.error('session_expired'));
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'session_expired' });
  const ended = {
    status: 'signed-out',
    step: 'ended',
    error: { code: 'session_expired', requestId: 'req-1' },
  };
  expect(sessionOf(client)).toEqual(ended);
  await until(otherTab, 'ended');
  expect(sessionOf(otherTab)).toEqual(ended);
});

test('a sign-in that fails here leads to the session of the tab that signed in meanwhile', async () => {
  const otherTab = await loadSignedInPage();
  serve('logout', answer.noContent);
  serve('start', answer.start);
  serve('exchangeToken', () => answer.error('authorization_denied'));
  stubWindowOpen();
  await otherTab.signOut();
  await until(client, 'idle');
  client.signIn();
  await until(client, 'waiting-for-provider');
  const steps = recordSteps(client);
  writeSessionMark('signed-in');
  stranger.postMessage({ type: 'signed-in' });
  await answerAsCallbackPage({ error: 'access_denied' });
  await until(client, 'signed-in');
  // The message of the other tab has not interrupted the sign-in.
  expect(steps).toEqual(['exchanging-code', 'loading', 'signed-in']);
});

describe('a sign-in in another tab, whose message arrives before this tab can read the mark', () => {
  test.each(['none', 'sign-out-pending'] as const)(
    'signs in a tab that is signed out, with the mark "%s"',
    async (mark) => {
      serve('logout', answer.noContent);
      await client.signOut();
      writeSessionMark(mark);
      // A pending sign-out that this tab reported now would end the new session.
      const reports = serve('logout', answer.noContent);
      stranger.postMessage({ type: 'signed-in' });
      await until(client, 'signed-in');
      expect(reports).toEqual([]);
    },
  );

  test.each([
    ['fails', async () => void (await answerAsCallbackPage({ error: 'access_denied' }))],
    ['is cancelled', async () => openTransactionOf(client).cancel()],
  ])('signs in a tab whose own sign-in %s', async (_, end) => {
    serve('logout', answer.noContent);
    serve('exchangeToken', () => answer.error('authorization_denied'));
    await client.signOut();
    await startSignIn(client);
    stranger.postMessage({ type: 'signed-in' });
    await untilRead();
    await end();
    await until(client, 'signed-in');
    expect(readSessionMark()).toBe('signed-in');
  });

  test('shows the button if the other session has ended meanwhile', async () => {
    serve('logout', answer.noContent);
    await client.signOut();
    const requests = serve('session', () => answer.error('no_session'));
    stranger.postMessage({ type: 'signed-in' });
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    await until(client, 'idle');
    expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
  });
});

test('a sign-in as another user in one tab reaches all tabs', async () => {
  const steps = recordSteps(client);
  serve('session', () => answer.token({ session_id: 'session-2', access_token: 'token-b' }));
  const requests = serve('userinfo', () => answer.userinfo());
  stranger.postMessage({ type: 'signed-in' });
  await untilSession(client, (session) => 'sessionId' in session && session.sessionId === 'session-2');
  expect(steps).toEqual(['loading', 'signed-in']);
  await client.fetchUserinfo();
  expect(requests[0]!.headers.get('Authorization')).toBe('Bearer token-b');
});

const token = {
  access_token: 'token-x',
  token_type: 'Bearer',
  expires_in: 7200,
  scope: 'profile',
  session_id: 'session-1',
};

test.each([
  null,
  'signed-out',
  ['signed-out'],
  { type: 'session-ended' },
  { type: 'session-ended', sessionId: 'session-2', error: { code: 'session_expired' } },
  { type: 'session-ended', sessionId: 'session-1', error: { code: '<img src=x>' } },
  // No message can bring a token.
  { type: 'refreshed', response: token },
  { type: 'store', response: token },
  { ...token, type: 'refreshed' },
])('the message %j changes nothing', async (message) => {
  const requests = serve('userinfo', () => answer.userinfo());
  const before = client.getSession();
  stranger.postMessage(message);
  await untilRead();
  expect(client.getSession()).toBe(before);
  await client.fetchUserinfo();
  expect(requests[0]!.headers.get('Authorization')).toBe('Bearer token-1');
});

test('a message with a token does nothing while nobody is signed in', async () => {
  serve('logout', answer.noContent);
  await client.signOut();
  stranger.postMessage({ type: 'refreshed', response: token });
  await untilRead();
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'no_session' });
});

/** Resolves when all that was posted before has been read: a channel that was opened later reads it last. */
async function untilRead(): Promise<void> {
  const last = new BroadcastChannel('oneclick:session');
  onTestFinished(() => last.close());
  const read = vi.fn<() => void>();
  last.addEventListener('message', read);
  stranger.postMessage('end');
  await vi.waitFor(() => expect(read).toHaveBeenCalled());
}
