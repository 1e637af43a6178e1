import { QueryClient, QueryClientProvider, QueryObserver } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { SignInError } from './index.ts';
import { userinfoQuery, useUser } from './react-query.ts';
import { SignInProvider } from './react.tsx';
import { createFakeSignInClient, type FakeSignInClient } from './testing.ts';

afterEach(cleanup);

function Username() {
  const { user, error, refetch } = useUser();
  return <button onClick={() => void refetch()}>{user?.username ?? error?.code ?? 'nobody'}</button>;
}

function renderUsername(client: FakeSignInClient) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } });
  render(
    <QueryClientProvider client={queryClient}>
      <SignInProvider client={client}>
        <Username />
      </SignInProvider>
    </QueryClientProvider>,
  );
}

const ALICE = { username: 'alice' };

test('useUser reads the account of the signed-in user', async () => {
  renderUsername(createFakeSignInClient({ user: ALICE }));
  expect(await screen.findByText('alice')).toBeTruthy();
});

/** A fake of which the account came with the token. */
function clientWithInitialUserinfo({ readAtMs = Date.now() } = {}): FakeSignInClient {
  const client = createFakeSignInClient({ user: ALICE });
  vi.spyOn(client, 'getInitialUserinfo').mockImplementation((sessionId) =>
    sessionId === 'fake-session' ? { userinfo: { id: 1, username: 'alice before' }, readAtMs } : undefined,
  );
  return client;
}

test('useUser has the account that came with the token in its first render, and sends no request for it', () => {
  const client = clientWithInitialUserinfo();
  const fetchUserinfo = vi.spyOn(client, 'fetchUserinfo');
  renderUsername(client);
  expect(screen.getByText('alice before')).toBeTruthy();
  expect(fetchUserinfo).not.toHaveBeenCalled();
});

test('an account that came with the token long ago is shown and read again at once', async () => {
  renderUsername(clientWithInitialUserinfo({ readAtMs: Date.now() - 60_000 }));
  expect(screen.getByText('alice before')).toBeTruthy();
  await screen.findByText('alice');
});

test('a query starts only with the account of its own session', () => {
  const client = clientWithInitialUserinfo();
  const queryClient = new QueryClient();
  const readData = () =>
    new QueryObserver(queryClient, userinfoQuery(client, client.getSession())).getCurrentResult().data;
  expect(readData()).toMatchObject({ username: 'alice before' });
  client.setSession({ status: 'signed-in', sessionId: 'next-session', scopes: [] });
  expect(readData()).toBeUndefined();
});

test('useUser sends no request while nobody is signed in', () => {
  const client = createFakeSignInClient();
  const fetchUserinfo = vi.spyOn(client, 'fetchUserinfo');
  renderUsername(client);
  expect(screen.getByText('nobody')).toBeTruthy();
  expect(fetchUserinfo).not.toHaveBeenCalled();
});

test('useUser shows nothing of one user to the next one', async () => {
  const client = createFakeSignInClient({ user: ALICE });
  renderUsername(client);
  await screen.findByText('alice');
  vi.spyOn(client, 'fetchUserinfo').mockReturnValue(new Promise(() => {}));
  act(() => client.setSession({ status: 'signed-in', sessionId: 'next-session', scopes: [] }));
  expect(screen.getByText('nobody')).toBeTruthy();
});

test.each([
  { error: new SignInError('provider_timeout', { status: 504, retryable: true }), calls: 3 },
  {
    error: new SignInError('rate_limited', { status: 429, retryable: true, retryAfterMs: 60_000 }),
    calls: 1,
  },
  { error: new SignInError('insufficient_scope', { status: 403 }), calls: 1 },
])('an account that fails with $error.code is asked for $calls times at once', async ({ error, calls }) => {
  const client = createFakeSignInClient({ user: ALICE });
  const fetchUserinfo = vi.spyOn(client, 'fetchUserinfo').mockRejectedValue(error);
  renderUsername(client);
  await screen.findByText(error.code);
  expect(fetchUserinfo).toHaveBeenCalledTimes(calls);
});

test('while the browser says that it is offline, a refetch is tried', async () => {
  const client = createFakeSignInClient({ user: ALICE });
  renderUsername(client);
  const button = await screen.findByText('alice');
  onTestFinished(() => void window.dispatchEvent(new Event('online')));
  window.dispatchEvent(new Event('offline'));
  vi.spyOn(client, 'fetchUserinfo').mockResolvedValue({ id: 1, username: 'bob' });
  act(() => button.click());
  expect(await screen.findByText('bob')).toBeTruthy();
});

test('an account of a minute ago is read again when the network comes back', async () => {
  const client = createFakeSignInClient({ user: ALICE });
  renderUsername(client);
  await screen.findByText('alice');
  window.dispatchEvent(new Event('offline'));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  vi.spyOn(client, 'fetchUserinfo').mockResolvedValue({ id: 1, username: 'bob' });
  window.dispatchEvent(new Event('online'));
  expect(await screen.findByText('bob')).toBeTruthy();
});
