import { expect, onTestFinished, test } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, serveOtherOrigin, useApiServer } from '../../test/api-server.ts';
import { loadPage, loadSignedInPage, sessionOf, stored, until, untilSession } from '../../test/client.ts';
import { later, stopClock } from '../../test/later.ts';

useApiServer();

const SHOP = 'https://shop.example';
const ORDERS = `${SHOP}/orders`;

const loadShop = (changes?: Parameters<typeof loadSignedInPage>[0]) =>
  loadSignedInPage(changes, { ownOrigins: [SHOP] });

const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '');

/** A JWT with this number in it. The package reads its session id and leaves its signature to the servers. */
function identityToken(number: number, sid = 'session-1'): string {
  return `${encode({ alg: 'EdDSA' })}.${encode({ sid, number })}.signature`;
}

/** The API answers with one new token after the other. */
function serveIdentityTokens({ sid = 'session-1', expires_in = 300 } = {}): Request[] {
  const requests = serve('identityToken', () =>
    Response.json({ identity_token: identityToken(requests.length, sid), expires_in }),
  );
  return requests;
}

const refuse = (challenge = 'Bearer error="invalid_token"') =>
  new Response('refused', { status: 401, headers: { 'WWW-Authenticate': challenge } });

/** The server answers each request with the next of these, and then with 200. */
function serveOrders(...answers: (() => Response)[]): Request[] {
  return serveOtherOrigin(ORDERS, () => answers.shift()?.() ?? Response.json({ ok: true }));
}

const tokensIn = (requests: Request[]) =>
  requests.map(({ headers }) => headers.get('Authorization')?.replace('Bearer ', ''));

test('a request to an own origin has the identity token, and the method, the headers and the body of the caller', async () => {
  const client = await loadShop();
  const asked = serveIdentityTokens();
  const orders = serveOrders();
  const response = await client.fetch(new URL(ORDERS), {
    method: 'PUT',
    headers: { 'X-Order': '7', Authorization: 'Basic replaced' },
    body: JSON.stringify({ id: 7 }),
  });
  expect(await response.json()).toEqual({ ok: true });
  expect(tokensIn(orders)).toEqual([identityToken(1)]);
  expect(orders[0]?.method).toBe('PUT');
  expect(orders[0]?.headers.get('X-Order')).toBe('7');
  expect(await orders[0]?.json()).toEqual({ id: 7 });
  expect(asked[0]?.method).toBe('POST');
  expect(asked[0]?.headers.get('X-CSRF')).toBe('1');
  expect(stored(localStorage) + stored(sessionStorage)).not.toContain('signature');
});

test('every answer of the server but a refused token reaches the caller, and none ends the session', async () => {
  const client = await loadShop();
  const asked = serveIdentityTokens();
  serveOrders(
    () => new Response('no such order', { status: 404 }),
    () => refuse('Bearer error="insufficient_scope"'),
    () => refuse('Basic realm="invalid_token"'),
    () => new Response('', { status: 401 }),
    () => new Response('broken', { status: 500 }),
  );
  const statuses: number[] = [];
  for (let i = 0; i < 6; i += 1) statuses.push((await client.fetch(ORDERS)).status);
  expect(statuses).toEqual([404, 401, 401, 401, 500, 200]);
  expect(asked).toHaveLength(1);
  expect(client.getSession().isSignedIn).toBe(true);
});

test('simultaneous requests share one identity token, which is used until shortly before its end', async () => {
  stopClock();
  const client = await loadShop();
  const asked = serveIdentityTokens();
  const orders = serveOrders();
  await Promise.all([client.fetch(ORDERS), client.fetch(ORDERS), client.fetch(ORDERS)]);
  await later(269_000);
  await client.fetch(ORDERS);
  expect(asked).toHaveLength(1);
  await later(2_000);
  await client.fetch(ORDERS);
  expect(asked).toHaveLength(2);
  expect(tokensIn(orders)).toEqual([...Array<string>(4).fill(identityToken(1)), identityToken(2)]);
});

test.each([
  'Bearer error="invalid_token"',
  'Bearer realm="shop", error=invalid_token, error_description="expired"',
  'Basic realm="shop", bearer error="invalid_token"',
])('after a 401 with %s, the request is sent once more with a fresh token', async (challenge) => {
  const client = await loadShop();
  serveIdentityTokens();
  const orders = serveOrders(() => refuse(challenge));
  const response = await client.fetch(ORDERS, { method: 'POST', body: 'an order' });
  expect(response.status).toBe(200);
  expect(tokensIn(orders)).toEqual([identityToken(1), identityToken(2)]);
  expect(await Promise.all(orders.map((request) => request.text()))).toEqual(['an order', 'an order']);
});

test('a second refusal is the answer, and simultaneous refusals share the fresh token', async () => {
  const client = await loadShop();
  const asked = serveIdentityTokens();
  serveOrders(
    () => refuse(),
    () => refuse(),
    () => refuse(),
  );
  const answers = await Promise.all([client.fetch(ORDERS), client.fetch(ORDERS)]);
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(asked).toHaveLength(2);
  expect(client.getSession().isSignedIn).toBe(true);
});

test('a request whose body is a stream is sent once: the caller gets the 401, and the next request has a fresh token', async () => {
  const client = await loadShop();
  serveIdentityTokens();
  const orders = serveOrders(() => refuse());
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('an order'));
      controller.close();
    },
  });
  const init = { method: 'POST', body: stream, duplex: 'half' };
  expect((await client.fetch(ORDERS, init)).status).toBe(401);
  expect(await orders[0]?.text()).toBe('an order');
  expect((await client.fetch(ORDERS)).status).toBe(200);
  expect(tokensIn(orders)).toEqual([identityToken(1), identityToken(2)]);
});

test.each([
  'https://evil.example/orders',
  'https://shop.example.evil.example/',
  'https://shop.example@evil.example/',
  'http://shop.example/orders',
  'https://shop.example:444/',
  '//evil.example/orders',
  '/orders',
  'blob:https://shop.example/1',
  'data:text/plain,x',
])('a request to %s, which is no own origin, is refused before anything is sent', async (target) => {
  const client = await loadShop();
  const asked = serveIdentityTokens();
  await expect(client.fetch(target)).rejects.toThrow(TypeError);
  expect(asked).toHaveLength(0);
});

test('the origin of the page is an own origin only if the app names it, and a path is relative to the page', async () => {
  const client = await loadSignedInPage({}, { ownOrigins: [location.origin] });
  serveIdentityTokens();
  const orders = serveOtherOrigin(`${location.origin}/orders`, () => Response.json({}));
  await client.fetch('/orders');
  expect(tokensIn(orders)).toEqual([identityToken(1)]);
});

test('a redirect is not followed, so that the token reaches no other origin', async () => {
  const client = await loadShop();
  serveIdentityTokens();
  serveOrders(() => new Response(null, { status: 307, headers: { Location: 'https://evil.example/' } }));
  const evil = serveOtherOrigin('https://evil.example/', () => Response.json({}));
  await expect(client.fetch(ORDERS)).rejects.toThrow(/redirect/i);
  expect(evil).toHaveLength(0);
});

test.each(['http://shop.example', 'shop.example', 'ftp://shop.example'])(
  'ownOrigins refuses %s when the client is created',
  (origin) => {
    expect(() => loadPage({ ownOrigins: [origin] })).toThrow(TypeError);
  },
);

test('without a session, nothing is sent', async () => {
  const client = loadPage({ ownOrigins: [SHOP] });
  await until(client, 'idle');
  await expect(client.fetch(ORDERS)).rejects.toMatchObject({ code: 'no_session', status: 401 });
});

test('if the API answers that the session has ended, the session ends and the own server gets no request', async () => {
  const client = await loadShop();
  serve('identityToken', () => answer.error('session_expired'));
  serve('session', () => answer.error('session_expired'));
  await expect(client.fetch(ORDERS)).rejects.toMatchObject({ code: 'session_expired' });
  expect(sessionOf(client)).toMatchObject({ step: 'ended', error: { code: 'session_expired' } });
});

test('if the provider refuses the access token, it is refreshed and the API is asked once more', async () => {
  const client = await loadShop();
  const asked = serve('identityToken', () =>
    asked.length === 1
      ? answer.error('invalid_token')
      : Response.json({ identity_token: identityToken(2), expires_in: 300 }),
  );
  const refreshes = serve('refreshToken', () => answer.token({ access_token: 'token-2' }));
  const orders = serveOrders();
  await client.fetch(ORDERS);
  expect(refreshes).toHaveLength(1);
  expect(tokensIn(orders)).toEqual([identityToken(2)]);
});

test('a failure of the API is thrown, keeps the session, and the next request asks again', async () => {
  const client = await loadShop();
  serve('identityToken', () => answer.error('provider_unavailable'));
  await expect(client.fetch(ORDERS)).rejects.toMatchObject({ code: 'provider_unavailable', retryable: true });
  serve('identityToken', () => Response.json({ identity_token: 'no JWT', expires_in: 300 }));
  await expect(client.fetch(ORDERS)).rejects.toMatchObject({ code: 'api_bad_answer' });
  serveIdentityTokens();
  serveOrders();
  await expect(client.fetch(ORDERS)).resolves.toMatchObject({ status: 200 });
});

test('a token of the next user of this browser is not sent: the tab changes to that user first', async () => {
  const client = await loadShop();
  serveIdentityTokens({ sid: 'session-2' });
  serve('session', () => answer.token({ session_id: 'session-2', access_token: 'token-2' }));
  const orders = serveOrders();
  await expect(client.fetch(ORDERS)).rejects.toMatchObject({ code: 'no_session' });
  expect(orders).toHaveLength(0);
  expect(sessionOf(client)).toMatchObject({ status: 'signed-in', sessionId: 'session-2' });
  await client.fetch(ORDERS);
  expect(tokensIn(orders)).toEqual([identityToken(2, 'session-2')]);
});

test('after another user has signed in in another tab, the token of the first user is not sent any more', async () => {
  const client = await loadShop();
  serveIdentityTokens();
  const orders = serveOrders();
  await client.fetch(ORDERS);
  serveIdentityTokens({ sid: 'session-2' });
  serve('session', () => answer.token({ session_id: 'session-2' }));
  const otherTab = new BroadcastChannel('oneclick:session');
  onTestFinished(() => otherTab.close());
  otherTab.postMessage({ type: 'signed-in' });
  await untilSession(client, (session) => 'sessionId' in session && session.sessionId === 'session-2');
  await client.fetch(ORDERS);
  expect(tokensIn(orders)).toEqual([identityToken(1), identityToken(1, 'session-2')]);
});

test('a sign-out forgets the identity token, and an answer that arrives later is not returned', async () => {
  const client = await loadShop();
  const asked = serveIdentityTokens();
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<Response>();
  serveOtherOrigin(ORDERS, () => {
    arrived.resolve();
    return released.promise;
  });
  const pending = client.fetch(ORDERS);
  const outcome = pending.catch((error: unknown) => error);
  await arrived.promise;
  serve('logout', answer.noContent);
  await client.signOut();
  released.resolve(Response.json({ secret: true }));
  await expect(outcome).resolves.toMatchObject({ code: 'no_session' });
  await expect(client.fetch(ORDERS)).rejects.toMatchObject({ code: 'no_session' });
  expect(asked).toHaveLength(1);
});

test('an abort by the caller rejects with its reason', async () => {
  const client = await loadShop();
  serveIdentityTokens();
  const arrived = Promise.withResolvers<void>();
  serveOtherOrigin(ORDERS, () => {
    arrived.resolve();
    return new Promise<never>(() => undefined);
  });
  const controller = new AbortController();
  const pending = client.fetch(ORDERS, { signal: controller.signal });
  const outcome = pending.catch((error: unknown) => error);
  await arrived.promise;
  controller.abort(new Error('not needed any more'));
  await expect(outcome).resolves.toMatchObject({ message: 'not needed any more' });
});
