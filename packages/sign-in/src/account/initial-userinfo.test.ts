import { expect, test, vi } from 'vitest';
import { answerAsCallbackPage } from '../../test/answer-as-callback-page.ts';
import { answer, userinfo } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, until } from '../../test/client.ts';
import { stopClock } from '../../test/later.ts';
import { startSignIn } from '../../test/start-sign-in.ts';

useApiServer();

const pageTransition = (type: 'pagehide' | 'pageshow') =>
  window.dispatchEvent(Object.assign(new Event(type), { persisted: true }));

test('after a sign-in the client has the account from the answer with the token, and when it was read', async () => {
  stopClock();
  const exchanges = serve('exchangeToken', () => answer.token({ userinfo }));
  const { client } = await startSignIn();
  await answerAsCallbackPage({ code: 'code-1' });
  await until(client, 'signed-in');
  expect(exchanges[0]!.url).toMatch(/\/exchange-token\?include=userinfo$/);
  expect(client.getInitialUserinfo('session-1')).toMatchObject({ userinfo, readAtMs: Date.now() });
});

test('after a reload the client has the account from the answer with the token', async () => {
  const client = await loadSignedInPage({ userinfo });
  expect(client.getInitialUserinfo('session-1')).toMatchObject({ userinfo });
});

test('after a sign-in by the server-side flow the client has the account from the answer with the token', async () => {
  history.replaceState(null, '', '/?login=success');
  const requests = serve('session', () => answer.token({ userinfo }));
  const client = loadPage();
  await until(client, 'signed-in');
  expect(requests[0]!.url).toMatch(/\/session\?include=userinfo$/);
  expect(client.getInitialUserinfo('session-1')).toMatchObject({ userinfo });
});

test('an answer without the account, or with a malformed one, signs in all the same', async () => {
  const older = await loadSignedInPage();
  expect(older.getInitialUserinfo('session-1')).toBeUndefined();
  serve('session', () => Response.json({ ...TOKEN, userinfo: { username: 5 } }));
  const client = loadPage();
  await until(client, 'signed-in');
  expect(client.getInitialUserinfo('session-1')).toBeUndefined();
});

const TOKEN = {
  access_token: 'token-1',
  token_type: 'Bearer',
  expires_in: 7200,
  scope: 'profile balance',
  session_id: 'session-1',
};

test('the account is not given for another session', async () => {
  const client = await loadSignedInPage({ userinfo });
  expect(client.getInitialUserinfo('session-2')).toBeUndefined();
});

test('a refresh asks for the token alone, and the account stays', async () => {
  const client = await loadSignedInPage({ userinfo, expires_in: 1 });
  const requests = serve('session', () => answer.token({ access_token: 'token-2' }));
  await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 5_000 });
  expect(new URL(requests[0]!.url).search).toBe('');
  expect(client.getInitialUserinfo('session-1')).toMatchObject({ userinfo });
});

test('once fetchUserinfo has read the account, the first one is forgotten', async () => {
  const client = await loadSignedInPage({ userinfo });
  serve('userinfo', () => answer.error('provider_unavailable'));
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(client.getInitialUserinfo('session-1')).toMatchObject({ userinfo });
  serve('userinfo', () => answer.userinfo());
  await client.fetchUserinfo();
  expect(client.getInitialUserinfo('session-1')).toBeUndefined();
});

test('a sign-out forgets the account', async () => {
  const client = await loadSignedInPage({ userinfo });
  serve('logout', answer.noContent);
  await client.signOut();
  expect(client.getInitialUserinfo('session-1')).toBeUndefined();
});

test('a change of user forgets the account of the former one', async () => {
  const client = await loadSignedInPage({ userinfo });
  serve('userinfo', () => answer.error('invalid_token'));
  serve('session', () => answer.token({ access_token: 'token-b', session_id: 'session-2' }));
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'no_session' });
  expect(client.getInitialUserinfo('session-1')).toBeUndefined();
  expect(client.getInitialUserinfo('session-2')).toBeUndefined();
});

test('a page that the browser keeps for Back forgets the account, and receives it again on return', async () => {
  const client = await loadSignedInPage({ userinfo });
  pageTransition('pagehide');
  expect(client.getInitialUserinfo('session-1')).toBeUndefined();
  pageTransition('pageshow');
  await until(client, 'signed-in');
  expect(client.getInitialUserinfo('session-1')).toMatchObject({ userinfo });
});
