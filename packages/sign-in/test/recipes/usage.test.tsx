import { SignInProvider } from '@oneclick/sign-in/react';
import { createFakeSignInClient } from '@oneclick/sign-in/testing';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Usage } from './usage.tsx';

afterEach(cleanup);

/** Shows `Usage` to a signed-in user. */
function renderUsage({ answer, scopes }: { answer: unknown; scopes: string[] }) {
  const fake = createFakeSignInClient({
    user: { username: 'user123' },
    scopes,
    responses: { 'https://shop.example.com/usage': answer },
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SignInProvider client={fake}>
        <Usage />
      </SignInProvider>
    </QueryClientProvider>,
  );
  return fake;
}

test('a user who shares the balance sees the usage until the session ends', async () => {
  const fake = renderUsage({ answer: { requests: 42 }, scopes: ['balance'] });
  await screen.findByText('Requests this month: 42');
  act(() => fake.setSession({ status: 'signed-out', step: 'ended', error: { code: 'session_expired' } }));
  expect(screen.queryByText('Requests this month: 42')).toBeNull();
});

test("an error code of the team's server has a sentence", async () => {
  const answer = Response.json({ error: 'over_limit' }, { status: 429 });
  renderUsage({ answer, scopes: ['balance'] });
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toBe('You have used all requests of this month.');
});

test('a user who does not share the balance is asked for it, and the server is not asked', async () => {
  const fake = renderUsage({ answer: { requests: 42 }, scopes: ['profile'] });
  await screen.findByText(/^Allow this app to see your balance/);
  expect(fake.calls).toEqual([]);
});
