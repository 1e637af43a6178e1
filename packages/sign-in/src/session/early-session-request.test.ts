import { expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { API, serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, sessionOf, until } from '../../test/client.ts';
import { createSignInClient } from '../create-sign-in-client.ts';
import { requestEarlySession, takeEarlySession } from './early-session-request.ts';
import { writeSessionMark } from './session-mark.ts';

useApiServer();

const meta = document.createElement('meta');
meta.name = 'api-origin';
meta.content = API;
document.head.append(meta);

test('a visitor who never signed in causes no early request', () => {
  requestEarlySession();
  expect(takeEarlySession()).toBeUndefined();
});

test('the client uses the early answer in place of a request of its own, once', async () => {
  writeSessionMark('signed-in');
  const requests = serve('session', () => answer.token());
  requestEarlySession();
  const client = createSignInClient();
  await until(client, 'signed-in');
  expect(requests).toHaveLength(1);
  expect(requests[0]!.headers.get('X-CSRF')).toBe('1');
  expect(requests[0]!.url).toBe(`${API}/api/oauth/session?include=userinfo`);
  expect(takeEarlySession()).toBeUndefined();
  client.close();
});

test('an early request that fails is retried as any other', async () => {
  writeSessionMark('signed-in');
  serve('session', () => Response.error());
  requestEarlySession();
  const client = createSignInClient();
  await vi.waitFor(() => expect(sessionOf(client)).toHaveProperty('warning'));
  serve('session', () => answer.token());
  client.tryAgain();
  await until(client, 'signed-in');
  client.close();
});

test('after a message of another tab the early answer is not used', async () => {
  writeSessionMark('signed-in');
  const requests = serve('session', () => answer.token());
  requestEarlySession();
  const otherTab = new BroadcastChannel('oneclick:session');
  const second = new BroadcastChannel('oneclick:session');
  const read = vi.fn<() => void>();
  second.addEventListener('message', read);
  otherTab.postMessage({ type: 'signed-in' });
  await vi.waitFor(() => expect(read).toHaveBeenCalled());
  expect(takeEarlySession()).toBeUndefined();
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  for (const channel of [otherTab, second]) channel.close();
});

test('a client with an API origin of its own drops the early answer of the page', async () => {
  writeSessionMark('signed-in');
  const requests = serve('session', () => answer.token());
  requestEarlySession();
  await until(loadPage(), 'signed-in');
  expect(requests).toHaveLength(2);
  expect(takeEarlySession()).toBeUndefined();
});

test('an early answer that the first restore does not need is dropped, not kept for a later one', async () => {
  writeSessionMark('signed-in');
  const requests = serve('session', () => answer.error('no_session'));
  requestEarlySession();
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  // Another tab that had not restored its session either got a 401. It posts no message.
  writeSessionMark('none');
  const client = createSignInClient();
  expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle' });
  expect(takeEarlySession()).toBeUndefined();
  client.close();
});
