import { act, cleanup, render, screen } from '@testing-library/react';
import { StrictMode, useEffect } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import type { SignInEvent } from './index.ts';
import { SignInProvider, useSession, useSignInClient } from './react.tsx';
import { createFakeSignInClient } from './testing.ts';

afterEach(cleanup);

function Status() {
  const client = useSignInClient();
  const { status } = useSession();
  return <button onClick={() => client.signIn()}>{status}</button>;
}

test('useSession renders again with each change of the session', () => {
  const client = createFakeSignInClient({ user: { username: 'user123' } });
  render(
    <StrictMode>
      <SignInProvider client={client}>
        <Status />
      </SignInProvider>
    </StrictMode>,
  );
  expect(screen.getByRole('button').textContent).toBe('signed-in');
  act(() => client.setSession({ status: 'signed-out', step: 'idle' }));
  expect(screen.getByRole('button').textContent).toBe('signed-out');
  act(() => screen.getByRole('button').click());
  expect(screen.getByRole('button').textContent).toBe('signed-in');
});

test("in React's StrictMode an effect that listens with replay counts one sign-in once", () => {
  const client = createFakeSignInClient();
  client.emit({ type: 'completed', tookMs: 1200 });
  const track = vi.fn<(event: SignInEvent) => void>();
  function Statistics() {
    const { onEvent } = useSignInClient();
    useEffect(() => onEvent(track, { replay: true }), [onEvent]);
    return null;
  }
  render(
    <StrictMode>
      <SignInProvider client={client}>
        <Statistics />
      </SignInProvider>
    </StrictMode>,
  );
  expect(track.mock.calls).toEqual([[{ type: 'completed', tookMs: 1200 }]]);
});

test('a server renders the loading session, and hydration replaces it without a mismatch', async () => {
  const client = createFakeSignInClient({ user: { username: 'user123' } });
  const app = (
    <SignInProvider client={client}>
      <Status />
    </SignInProvider>
  );
  const root = document.body.appendChild(document.createElement('div'));
  root.innerHTML = renderToString(app);
  expect(root.textContent).toBe('loading');
  const onRecoverableError = vi.fn<() => void>();
  await act(() => hydrateRoot(root, app, { onRecoverableError }));
  expect(root.textContent).toBe('signed-in');
  expect(onRecoverableError).not.toHaveBeenCalled();
});

test('HTML with the sign-in button is hydrated as such, and then shows the session as it is', async () => {
  const client = createFakeSignInClient({ session: { status: 'signed-out', step: 'idle' } });
  const app = (
    <SignInProvider client={client} prerendered="signed-out">
      <Status />
    </SignInProvider>
  );
  const root = document.body.appendChild(document.createElement('div'));
  root.innerHTML = renderToString(app);
  const button = root.firstElementChild;
  expect(button?.textContent).toBe('signed-out');

  client.setSession({ status: 'signing-in', step: 'exchanging-code' });
  const onRecoverableError = vi.fn<() => void>();
  await act(() => hydrateRoot(root, app, { onRecoverableError }));
  expect(root.firstElementChild).toBe(button);
  expect(button?.textContent).toBe('signing-in');
  expect(onRecoverableError).not.toHaveBeenCalled();
});

test('a hook without a provider says which one is missing', () => {
  vi.spyOn(console, 'error').mockReturnValue();
  expect(() => render(<Status />)).toThrow('This component needs a <SignInProvider> above it.');
});
