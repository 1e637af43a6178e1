import { callListener, createListeners } from '../session/listeners.ts';
import type { SignInClient } from '../sign-in-client.ts';
import type { ErrorDetails } from '../sign-in-error.ts';
import type { SignInEvent } from './sign-in-event.ts';

/** A replay brings at most this many events. Older ones are dropped. */
const MAX_EVENTS = 100;

export interface EventLog {
  record(event: SignInEvent): void;
  onEvent: SignInClient['onEvent'];
}

type Listener = (event: SignInEvent) => void;
type Recorded = { event: SignInEvent; number: number };

/**
 * Brings each event to a listener once, also if the same function is added twice, added again after its undo (as React's
 * StrictMode does), or added with replay while an event is on its way.
 *
 * @param schedule runs a delivery. By default in a microtask, so that a listener that calls the client does so between two
 * steps of the sign-in, not within one
 */
export function createEventLog(schedule: (deliverAll: () => void) => void = queueMicrotask): EventLog {
  const events: Recorded[] = [];
  const listeners = createListeners<[Recorded]>();
  let lastNumber = 0;
  /** The number of the last event that each function has received. */
  const received = new WeakMap<Listener, number>();

  function deliver(listener: Listener, { event, number }: Recorded): void {
    if (number <= (received.get(listener) ?? 0)) return;
    received.set(listener, number);
    callListener(listener, event);
  }

  return {
    record(event) {
      lastNumber += 1;
      const recorded = { event, number: lastNumber };
      if (events.push(recorded) > MAX_EVENTS) events.shift();
      schedule(() => listeners.notify(recorded));
    },
    onEvent(listener, { replay = false } = {}) {
      if (replay) for (const recorded of events) deliver(listener, recorded);
      return listeners.add((recorded) => deliver(listener, recorded));
    },
  };
}

/** The event of a sign-in that failed: `denied` if the user refused, else `failed`. */
export function failureEvent({ code, ...details }: ErrorDetails): SignInEvent {
  return code === 'authorization_denied'
    ? { type: 'denied', ...details }
    : { type: 'failed', code, ...details };
}
