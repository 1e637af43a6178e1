import { useSession } from '../use-session.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { ScreenTitle } from './screen-title.tsx';

type Step = 'window-opening' | 'window-waiting' | 'continuing-here' | 'exchanging';

/** From the click until the user is signed in. While the transaction is open, offers what can be done with it. */
export function SigningInScreen({ step }: { step: Step }) {
  const { session } = useSession();
  const { signingIn } = useTexts();
  const { title, lead } = {
    'window-opening': { title: signingIn.openingTitle, lead: signingIn.openingWindow },
    'window-waiting': { title: signingIn.waitingTitle, lead: signingIn.waiting },
    'continuing-here': { title: signingIn.openingTitle, lead: signingIn.redirecting },
    exchanging: { title: signingIn.exchangingTitle, lead: signingIn.exchanging },
  }[step];
  const isWindowOpen = step === 'window-opening' || step === 'window-waiting';
  return (
    <section className="card" aria-labelledby="title">
      <div className="progress" role="status">
        <div className="spinner" />
        <div className="stack">
          <ScreenTitle>{title}</ScreenTitle>
          <p className="lead">{lead}</p>
        </div>
      </div>
      {step !== 'exchanging' && (
        <div className="actions">
          {step === 'window-waiting' && (
            <button type="button" data-testid="show-window" onClick={session.showSignInWindow}>
              {signingIn.showWindow}
            </button>
          )}
          {isWindowOpen && (
            <button type="button" data-testid="continue-here" onClick={session.continueSignInHere}>
              {signingIn.continueHere}
            </button>
          )}
          <button type="button" className="quiet" data-testid="cancel-sign-in" onClick={session.cancelSignIn}>
            {signingIn.cancel}
          </button>
        </div>
      )}
    </section>
  );
}
