import { expect, test, vi } from 'vitest';
import { createFakeSignInClient } from './testing.ts';

const parse = (body: unknown) => body;
const SIGNED_OUT = { status: 'signed-out', step: 'idle' } as const;

test('a fake with a user is signed in, with all scopes unless the test names some', async () => {
  const fake = createFakeSignInClient({ user: { username: 'user123' }, scopes: ['profile'] });
  expect(fake.getSession()).toMatchObject({ status: 'signed-in', isSignedIn: true });
  expect(fake.getSession().hasScope('profile')).toBe(true);
  expect(fake.getSession().hasScope('balance')).toBe(false);
  await expect(fake.fetchUserinfo()).resolves.toEqual({ id: 1, username: 'user123' });
});

test('a fake without a user is signed out and refuses what needs a session', async () => {
  const fake = createFakeSignInClient();
  expect(fake.getSession()).toMatchObject(SIGNED_OUT);
  await expect(fake.fetchUserinfo()).rejects.toMatchObject({ code: 'no_session', status: 401 });
});

test('signIn signs in the user of the fake, and the fake records the call', () => {
  const fake = createFakeSignInClient({ user: { username: 'user123' }, session: SIGNED_OUT });
  const onChange = vi.fn<() => void>();
  const unsubscribe = fake.subscribe(onChange);
  fake.signIn({ mode: 'redirect' });
  expect(fake.getSession().isSignedIn).toBe(true);
  expect(fake.calls).toEqual([{ method: 'signIn', args: [{ mode: 'redirect' }] }]);
  unsubscribe();
  fake.setSession(SIGNED_OUT);
  expect(onChange).toHaveBeenCalledTimes(1);
});

test('signIn of a fake without a user waits for the provider until it is cancelled', () => {
  const fake = createFakeSignInClient();
  fake.signIn();
  const session = fake.getSession();
  expect(session).toMatchObject({ status: 'signing-in', step: 'waiting-for-provider' });
  if (session.status === 'signing-in') session.transaction?.cancel();
  expect(fake.getSession()).toMatchObject(SIGNED_OUT);
});

test('fetchWithAccessToken parses the body that the test has given, and names a missing one', async () => {
  const fake = createFakeSignInClient({ user: {}, responses: { '/api/usage': { tokens: 5 } } });
  await expect(fake.fetchWithAccessToken('/api/usage', { parse })).resolves.toEqual({ tokens: 5 });
  await expect(fake.fetchWithAccessToken('/api/other', { parse })).rejects.toThrow('/api/other');
});

test('fetch answers the body that the test has given as JSON, or the Response, and names a missing one', async () => {
  const orders = 'https://shop.example/orders';
  const refused = new Response('sold out', { status: 409 });
  const responses = { [orders]: [{ id: 1 }], [`${orders}/1`]: refused };
  const fake = createFakeSignInClient({ user: {}, responses });
  await expect((await fake.fetch(orders)).json()).resolves.toEqual([{ id: 1 }]);
  for (let i = 0; i < 2; i += 1) {
    const response = await fake.fetch(new URL(`${orders}/1`), { method: 'DELETE' });
    expect([response.status, await response.text()]).toEqual([409, 'sold out']);
  }
  expect(fake.calls[1]).toEqual({ method: 'fetch', args: [new URL(`${orders}/1`), { method: 'DELETE' }] });
  await expect(fake.fetch('/other')).rejects.toThrow('/other');
  fake.setSession(SIGNED_OUT);
  await expect(fake.fetch(orders)).rejects.toMatchObject({ code: 'no_session', status: 401 });
});

test('a listener of the fake gets the events from now on, and the earlier ones if it asks for a replay', () => {
  const fake = createFakeSignInClient();
  fake.emit({ type: 'window-blocked' });
  const late = vi.fn<() => void>();
  const replayed = vi.fn<() => void>();
  fake.onEvent(late);
  fake.onEvent(replayed, { replay: true })();
  fake.emit({ type: 'cancelled' });
  expect(late.mock.calls).toEqual([[{ type: 'cancelled' }]]);
  expect(replayed.mock.calls).toEqual([[{ type: 'window-blocked' }]]);
});
