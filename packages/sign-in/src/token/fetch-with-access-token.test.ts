import { expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, sessionOf } from '../../test/client.ts';

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
  // The test environment's own fetch does not react to the signal of AbortSignal.any.
  vi.spyOn(globalThis, 'fetch').mockImplementation(
    (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      }),
  );
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

test.each(['insufficient_scope', 'rate_limited', 'provider_unavailable'] as const)(
  'after %s the user stays signed in, and no token is refreshed',
  async (code) => {
    const client = await loadSignedInPage();
    serve('userinfo', () => answer.error(code));
    await expect(client.fetchUserinfo()).rejects.toMatchObject({ code });
    expect(client.getSession().isSignedIn).toBe(true);
  },
);
