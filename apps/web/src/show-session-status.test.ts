import { createFakeSignInClient } from '@oneclick/sign-in/testing';
import { expect, test } from 'vitest';
import { showSessionStatus } from './show-session-status.ts';

const shown = () => document.documentElement.dataset['session'];
const transaction = { cancel: () => undefined };

test('data-session has one of five words for each step of the session', () => {
  const client = createFakeSignInClient();
  const undo = showSessionStatus(client);
  expect(shown()).toBe('signed-out');
  for (const [session, status] of [
    [{ status: 'loading' }, 'restoring'],
    [{ status: 'signed-out', step: 'idle' }, 'signed-out'],
    [{ status: 'signing-in', step: 'opening-window', transaction }, 'signing-in'],
    [{ status: 'signing-in', step: 'waiting-for-provider', transaction }, 'signing-in'],
    [{ status: 'signed-out', step: 'window-lost', transaction }, 'signed-out'],
    [{ status: 'signing-in', step: 'redirecting', transaction }, 'signing-in'],
    [{ status: 'signing-in', step: 'exchanging-code' }, 'signing-in'],
    [{ status: 'signed-in', sessionId: 'session-1', scopes: [] }, 'signed-in'],
    [{ status: 'signed-out', step: 'ended', error: { code: 'session_expired' } }, 'ended'],
  ] as const) {
    client.setSession(session);
    expect([session, shown()]).toEqual([session, status]);
  }
  undo();
  client.setSession({ status: 'loading' });
  expect(shown()).toBe('ended');
});
