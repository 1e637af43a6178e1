import type { Session, SignInClient } from '@oneclick/sign-in';

/** The values of `<html data-session>`, for stylesheets and for tests from outside. */
export type SessionStatus = 'restoring' | 'signed-out' | 'signing-in' | 'signed-in' | 'ended';

/** Keeps `<html data-session>` up to date. Returns the undo. */
export function showSessionStatus({ subscribe, getSession }: SignInClient): () => void {
  const show = () => {
    document.documentElement.dataset.session = statusOf(getSession());
  };
  show();
  return subscribe(show);
}

function statusOf(session: Session): SessionStatus {
  if (session.status === 'loading') return 'restoring';
  return session.status === 'signed-out' && session.step === 'ended' ? 'ended' : session.status;
}
