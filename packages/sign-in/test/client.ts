import { expect, onTestFinished } from 'vitest';
import { createSignInClient } from '../src/create-sign-in-client.ts';
import type { OpenTransaction, SessionData } from '../src/session/session.ts';
import { type SessionStep, stepOf } from '../src/session/session-machine.ts';
import { writeSessionMark } from '../src/session/session-mark.ts';
import type { SignInClient, SignInClientOptions } from '../src/sign-in-client.ts';
import type { SignInEvent } from '../src/sign-in/sign-in-event.ts';
import { answer } from './answers.ts';
import { API, serve } from './api-server.ts';

/** The client of a page that has just been loaded. Closed when the test ends. */
export function loadPage(options?: SignInClientOptions): SignInClient {
  const client = createSignInClient({ apiOrigin: API, ...options });
  onTestFinished(client.close);
  return client;
}

/** The client of a page on which a user is signed in. */
export async function loadSignedInPage(
  changes?: Parameters<typeof answer.token>[0],
  options?: SignInClientOptions,
): Promise<SignInClient> {
  writeSessionMark('signed-in');
  serve('session', () => answer.token(changes));
  const client = loadPage(options);
  await until(client, 'signed-in');
  return client;
}

/** Resolves when the session has reached the step. */
export function until(client: SignInClient, step: SessionStep): Promise<void> {
  return untilSession(client, (session) => stepOf(session) === step);
}

/** Resolves when the session is as described. Needs no timer, so that it works while the clock stands still. */
export function untilSession(
  { getSession, subscribe }: SignInClient,
  isReached: (session: SessionData) => boolean,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = () => {
    if (isReached(getSession())) resolve();
  };
  const unsubscribe = subscribe(check);
  check();
  return promise.finally(unsubscribe);
}

/** The session without its methods, to be compared as a whole. */
export function sessionOf(client: SignInClient): SessionData {
  const { isSignedIn: _, hasScope: __, ...data } = client.getSession();
  return data;
}

/** The steps of the session from now on. */
export function recordSteps({ getSession, subscribe }: SignInClient): SessionStep[] {
  const steps: SessionStep[] = [];
  subscribe(() => steps.push(stepOf(getSession())));
  return steps;
}

/** The events of the client, also those before this call. */
export function recordEvents(client: SignInClient): { events: SignInEvent[]; stop: () => void } {
  const events: SignInEvent[] = [];
  return { events, stop: client.onEvent((event) => events.push(event), { replay: true }) };
}

export function openTransactionOf(client: SignInClient): OpenTransaction {
  const session = client.getSession();
  const transaction = 'transaction' in session ? session.transaction : undefined;
  expect(transaction).toBeDefined();
  return transaction!;
}

export const stored = (storage: Storage) => JSON.stringify(Object.entries(storage));
