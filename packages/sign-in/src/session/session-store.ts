import type { ErrorDetails } from '../sign-in-error.ts';
import { createListeners } from './listeners.ts';
import { type Session, type SessionData, toSession } from './session.ts';
import { mayFollow, stepOf } from './session-machine.ts';

/** The session of this tab and its generation. No I/O: the other modules do the I/O and store the result here. */
export interface SessionStore {
  getSession(this: void): Session;
  subscribe(this: void, onChange: () => void): () => void;
  /** Changes the session. Returns false, and changes nothing, if the step may not follow the present one. */
  transition(this: void, next: SessionData): boolean;
  /** Sets or removes the warning, where the session can have one. */
  setWarning(this: void, warning?: ErrorDetails): void;
  /**
   * A number that increases each time the user of this tab may have changed. A result is used only if the generation is
   * still the one in which its request started.
   */
  generation(this: void): number;
  /** Forgets the user of this tab: increases the generation, calls its listeners, and changes the session. */
  startGeneration(this: void, next: SessionData): void;
  /** Calls back when a generation ends. */
  onGenerationEnd(this: void, listener: () => void): void;
  /** Forgets the user, and removes the listeners of `subscribe` without calling them. */
  close(this: void): void;
}

export function createSessionStore(): SessionStore {
  let data: SessionData = { status: 'loading' };
  let session = toSession(data);
  let generation = 0;
  const changes = createListeners();
  const generationEnds = createListeners();

  function transition(next: SessionData): boolean {
    if (!mayFollow(stepOf(next), stepOf(data))) return false;
    data = next;
    session = toSession(next);
    changes.notify();
    return true;
  }

  function startGeneration(next: SessionData): void {
    generation += 1;
    generationEnds.notify();
    transition(next);
  }

  return {
    getSession: () => session,
    subscribe: changes.add,
    transition,
    setWarning(warning) {
      if (data.status !== 'loading' && data.status !== 'signed-in') return;
      const { warning: _, ...rest } = data;
      transition({ ...rest, ...(warning && { warning }) });
    },
    generation: () => generation,
    startGeneration,
    onGenerationEnd: (listener) => void generationEnds.add(listener),
    close() {
      changes.clear();
      startGeneration({ status: 'signed-out', step: 'idle' });
    },
  };
}
