import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, configure, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { App } from './app.tsx';
import { createApiClient } from '@oneclick/sign-in/src/api/api-client.ts';
import { createSession, type Session } from '@oneclick/sign-in/src/session/tab-session.ts';
import { writeSessionMark } from '@oneclick/sign-in/src/session/session-mark.ts';
import { SessionProvider } from './use-session.tsx';
import { answer, userinfo } from '@oneclick/sign-in/test/answers.ts';
import { API, serve, useApiServer } from '@oneclick/sign-in/test/api-server.ts';

useApiServer();
// Against what hangs. How fast a machine is, is not what is tested.
configure({ asyncUtilTimeout: 10_000 });

let session: Session;
let queryClient: QueryClient;
beforeEach(() => {
  session = createSession({ api: createApiClient({ origin: API }) });
  queryClient = new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } });
});
afterEach(() => {
  cleanup();
  session.close();
  queryClient.clear();
});

function renderApp() {
  render(
    <SessionProvider session={session}>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </SessionProvider>,
  );
}

async function renderSignedIn(account: object = userinfo) {
  writeSessionMark('signed-in');
  serve('session', () => answer.token());
  serve('userinfo', () => Response.json(account));
  renderApp();
  await act(() => session.restore());
  await screen.findByTestId('reading');
}

const text = (testId: string) => screen.getByTestId(testId).textContent;

test('nobody is signed in: one button, and what it does', async () => {
  renderApp();
  await act(() => session.restore());
  expect(text('sign-in')).toBe('Sign in with AIHubMix');
  expect(screen.queryByTestId('notice')).toBeNull();
});

test('signed in: who, and what is left, as the provider formats it', async () => {
  await renderSignedIn({ ...userinfo, balance_formatted: '¥ 750,00' });
  expect(text('username')).toBe('user123');
  expect(text('email')).toBe('user@example.com');
  expect(text('balance')).toBe('¥ 750,00');
  expect(text('usage')).toContain('250,000 of 1,000,000 used (25%)');
});

test('a scope that was not granted is said, not shown as zero', async () => {
  await renderSignedIn({ id: 12345 });
  expect(screen.getByText('The balance was not shared with this app.')).toBeTruthy();
  expect(screen.getByText('Name and e-mail were not shared with this app.')).toBeTruthy();
  for (const testId of ['balance', 'usage', 'username', 'email']) {
    expect(screen.queryByTestId(testId)).toBeNull();
  }
});

test('markup in a name is text', async () => {
  await renderSignedIn({ ...userinfo, username: '<img src=x onerror=alert(1)>' });
  expect(text('username')).toBe('<img src=x onerror=alert(1)>');
  expect(screen.getByTestId('username').children).toHaveLength(0);
});

test('reading the balance again says what changed, also twice within a second', async () => {
  await renderSignedIn();
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText(/The balance is unchanged\./);

  serve('userinfo', () => Response.json({ ...userinfo, balance_formatted: '760.00' }));
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText(/The balance went from 750\.00 to 760\.00\./);
  expect(text('balance')).toBe('760.00');
});

test('a reading that comes by itself is announced only if it changes something', async () => {
  await renderSignedIn();
  await act(() => queryClient.refetchQueries());
  expect(screen.getByRole('status').textContent).toBe('');

  serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  await act(() => queryClient.refetchQueries());
  expect(screen.getByRole('status').textContent).toBe('The balance went from 750.00 to 760.00.');
});

test('a server that says when to come back is not asked before', async () => {
  await renderSignedIn();
  const requests = serve('userinfo', () => answer.error('rate_limited', { 'Retry-After': '60' }));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('rate_limited');
  expect(requests).toHaveLength(1);
});

test('while the provider is down the last known data stay, with their age and what is wrong', async () => {
  await renderSignedIn();
  serve('userinfo', () => answer.error('provider_unavailable'));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('provider_unavailable');
  expect(text('notice')).toContain('req-1');
  expect(text('balance')).toBe('750.00');
  expect(screen.getByText(/Shown as it was at/)).toBeTruthy();
});

test('a session that has ended says so, and offers to sign in again', async () => {
  await renderSignedIn();
  serve('userinfo', () => answer.error('invalid_token'));
  serve('refreshToken', () => answer.error('session_expired'));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('session_expired');
  expect(text('sign-in')).toBe('Sign in again');
  expect(screen.queryByTestId('username')).toBeNull();
});

test('a session that can not be looked up yet is looked up again on request', async () => {
  writeSessionMark('signed-in');
  serve('session', () => answer.error('provider_timeout'));
  renderApp();
  await act(() => session.restore());
  expect(screen.getByTestId('notice').dataset['code']).toBe('provider_timeout');
  serve('session', () => answer.token());
  serve('userinfo', () => Response.json(userinfo));
  act(() => screen.getByTestId('try-again').click());
  await screen.findByTestId('balance');
});
