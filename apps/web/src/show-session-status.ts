import type { Session, SignInClient } from '@oneclick/sign-in';

/** The session in five words. With the window lost from sight, the sign-in button is back: `signed-out`. */
export type SessionStatus = 'restoring' | 'signed-out' | 'signing-in' | 'signed-in' | 'ended';

/** `<html data-session="…">`, for the stylesheet of an embedding team and for tests from outside. Returns the undo. */
export function showSessionStatus({ subscribe, getSession }: SignInClient): () => void {
  const show = () => {
    document.documentElement.dataset.session = sessionStatus(getSession());
  };
  show();
  return subscribe(show);
}

function sessionStatus(session: Session): SessionStatus {
  if (session.status === 'loading') return 'restoring';
  return session.status === 'signed-out' && session.step === 'ended' ? 'ended' : session.status;
}
