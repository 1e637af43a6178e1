import type { SessionCore } from '@oneclick/sign-in/src/session/session-core.ts';
import { sessionStatus } from '@oneclick/sign-in/src/session/session-state.ts';

/** `<html data-session="…">`, for the stylesheet of an embedding team and for tests from outside. Returns the undo. */
export function showSessionStatus({
  subscribe,
  getSnapshot,
}: Pick<SessionCore, 'subscribe' | 'getSnapshot'>): () => void {
  return subscribe(() => {
    document.documentElement.dataset.session = sessionStatus(getSnapshot());
  });
}
