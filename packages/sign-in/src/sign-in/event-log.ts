import { createListeners } from '../session/listeners.ts';
import type { SignInClient } from '../sign-in-client.ts';
import type { ErrorDetails } from '../sign-in-error.ts';
import type { SignInEvent } from './sign-in-event.ts';

/** A replay brings at most this many events. Older ones are dropped. */
const MAX_EVENTS = 100;

export interface EventLog {
  record(event: SignInEvent): void;
  onEvent: SignInClient['onEvent'];
}

export function createEventLog(): EventLog {
  const events: SignInEvent[] = [];
  const listeners = createListeners<[SignInEvent]>();
  return {
    record(event) {
      if (events.push(event) > MAX_EVENTS) events.shift();
      // In a microtask, so that a listener that calls the client does so between two steps of the sign-in, not within one.
      queueMicrotask(() => listeners.notify(event));
    },
    onEvent(listener, { replay = false } = {}) {
      if (replay) for (const event of events) listener(event);
      return listeners.add(listener);
    },
  };
}

/** The event of a sign-in that failed: `denied` if the user refused, else `failed`. */
export function failureEvent({ code, ...requestId }: ErrorDetails): SignInEvent {
  return code === 'authorization_denied'
    ? { type: 'denied', ...requestId }
    : { type: 'failed', code, ...requestId };
}
