import { expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, sessionOf, until } from '../../test/client.ts';
import { writeSessionMark } from '../session/session-mark.ts';

useApiServer();

test('the body is checked by parse, and what parse throws becomes api_bad_answer', async () => {
  const client = await loadSignedInPage();
  serve('userinfo', () => Response.json({ id: 'not a number' }));
  const path = '/api/oauth/userinfo';
  await expect(client.fetchWithAccessToken(path, { parse: JSON.stringify })).resolves.toContain(
    'not a number',
  );
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'api_bad_answer' });
});

test('without a session nothing is requested', async () => {
  await expect(loadPage().fetchUserinfo()).rejects.toMatchObject({ code: 'no_session', status: 401 });
});

test('an aborted request rejects with the reason of the signal', async () => {
  const client = await loadSignedInPage();
  serve('userinfo', () => new Promise<never>(() => undefined));
  const controller = new AbortController();
  const pending = client.fetchUserinfo({ signal: controller.signal });
  controller.abort(new Error('not needed any more'));
  await expect(pending).rejects.toThrow('not needed any more');
});

test('a second 401 ends the session', async () => {
  const client = await loadSignedInPage();
  const requests = serve('userinfo', () => answer.error('invalid_token'));
  const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'invalid_token' });
  expect([requests.length, refreshes.length]).toEqual([2, 1]);
  expect(sessionOf(client)).toMatchObject({ step: 'ended', error: { code: 'invalid_token' } });
});

test("a 401 of another server refreshes the token once, and says nothing about the user's session", async () => {
  writeSessionMark('signed-in');
  serve('session', () => answer.token());
  const client = loadPage({ tokenOrigins: ['https://usage.example'] });
  await until(client, 'signed-in');
  const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
  const tokens: unknown[] = [];
  const realFetch = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    if (new Request(url).url !== 'https://usage.example/y') return realFetch(url, init);
    tokens.push(new Headers(init?.headers).get('Authorization'));
    return answer.error('invalid_token');
  });
  await expect(
    client.fetchWithAccessToken('https://usage.example/y', { parse: (body) => body }),
  ).rejects.toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(refreshes).toHaveLength(1);
  expect(client.getSession().isSignedIn).toBe(true);
});

test('a 401 of another server in place of the API keeps the session, and its body reaches the caller', async () => {
  const client = await loadSignedInPage();
  const body = { error: 'invalid_token', realm: 'gateway' };
  serve('userinfo', () => Response.json(body, { status: 401 }));
  serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'api_bad_answer', status: 401, body });
  expect(client.getSession().isSignedIn).toBe(true);
});

test('a 401 of another server to a refresh keeps the session', async () => {
  const client = await loadSignedInPage();
  serve('userinfo', () => answer.error('invalid_token'));
  serve('session', () => Response.json({ error: 'session_expired' }, { status: 401 }));
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'api_bad_answer', status: 401 });
  expect(client.getSession().isSignedIn).toBe(true);
});

test.each(['insufficient_scope', 'rate_limited', 'provider_unavailable'] as const)(
  'after %s the user stays signed in, and no token is refreshed',
  async (code) => {
    const client = await loadSignedInPage();
    serve('userinfo', () => answer.error(code));
    await expect(client.fetchUserinfo()).rejects.toMatchObject({ code });
    expect(client.getSession().isSignedIn).toBe(true);
  },
);
