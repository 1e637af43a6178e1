import { beforeEach, describe, expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, recordEvents, sessionOf, until } from '../../test/client.ts';
import { takeSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { takeServerSideOutcome } from './server-side-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

useApiServer();

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

/** Loads the page at this address. Returns the address that it then shows, and the error that it claims. */
function load(address: string) {
  history.replaceState(null, '', address);
  const claimed = takeServerSideOutcome();
  return { address: location.pathname + location.search + location.hash, ...(claimed && { claimed }) };
}

test('login=success makes the client ask for the session, tells the other tabs, and leaves the address', () => {
  expect(load('/pricing?plan=pro&login=success#top')).toEqual({ address: '/pricing?plan=pro#top' });
  expect(readSessionMark()).toBe('signed-in');
  expect(takeSignInOutcome()).toEqual({ isCompleted: true });
});

test('error is claimed once, and leaves the address', () => {
  expect(load('/?error=authorization_denied')).toEqual({
    address: '/',
    claimed: { code: 'authorization_denied' },
  });
  expect(readSessionMark()).toBe('none');
  expect(takeSignInOutcome()).toBeUndefined();
});

test('an unknown error code is not claimed', () => {
  expect(load('/?error=%3Cimg%20src%3Dx%3E')).toEqual({ address: '/' });
});

test.each(['/?login=success', '/?error=authorization_denied'])(
  'the link %s changes nothing while a sign-out is pending',
  (link) => {
    writeSessionMark('sign-out-pending');
    expect(load(link)).toEqual({ address: '/' });
    expect(readSessionMark()).toBe('sign-out-pending');
    expect(takeSignInOutcome()).toBeUndefined();
  },
);

test('other parameters stay in the address', () => {
  expect(load('/?plan=pro&login=no')).toEqual({ address: '/?plan=pro' });
  expect(load('/?plan=pro')).toEqual({ address: '/?plan=pro' });
  expect(readSessionMark()).toBe('none');
});

function loadPageAt(address: string) {
  history.replaceState(null, '', address);
  return loadPage();
}

describe('a page that loads with an error in its address', () => {
  const error = { code: 'transaction_not_found' };

  test.each(['none', 'signed-in'] as const)(
    'a good session is shown in place of the error, with the mark "%s"',
    async (mark) => {
      writeSessionMark(mark);
      const requests = serve('session', () => answer.token());
      const client = loadPageAt('/?error=transaction_not_found');
      await until(client, 'signed-in');
      expect(requests).toHaveLength(1);
      expect(recordEvents(client).events).toEqual([]);
    },
  );

  test.each(['none', 'signed-in'] as const)(
    'the error is shown if the API knows no session, with the mark "%s"',
    async (mark) => {
      writeSessionMark(mark);
      const requests = serve('session', () => answer.error('no_session'));
      const client = loadPageAt('/?error=transaction_not_found');
      await vi.waitFor(() =>
        expect(sessionOf(client)).toEqual({ status: 'signed-out', step: 'idle', error }),
      );
      expect(requests).toHaveLength(1);
      expect(recordEvents(client).events).toEqual([{ type: 'failed', ...error }]);
      expect(readSessionMark()).toBe('none');
    },
  );

  test('the error is shown if the API cannot be asked and nothing else points to a session', async () => {
    serve('session', answer.networkError);
    const client = loadPageAt('/?error=transaction_not_found');
    await until(client, 'idle');
    expect(sessionOf(client)).toMatchObject({ error });
  });

  test('the error is shown once the API can be asked and knows no session', async () => {
    writeSessionMark('signed-in');
    serve('session', answer.networkError);
    const client = loadPageAt('/?error=transaction_not_found');
    await vi.waitFor(() => expect(sessionOf(client)).toHaveProperty('warning'));
    serve('session', () => answer.error('no_session'));
    client.tryAgain();
    await until(client, 'idle');
    expect(sessionOf(client)).toMatchObject({ error });
  });

  test('a session that cannot be asked for now is restored later', async () => {
    writeSessionMark('signed-in');
    serve('session', answer.networkError);
    const client = loadPageAt('/?error=transaction_not_found');
    await vi.waitFor(() => expect(sessionOf(client)).toHaveProperty('warning'));
    serve('session', () => answer.token());
    client.tryAgain();
    await until(client, 'signed-in');
  });
});
