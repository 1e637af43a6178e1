import { useStore } from '@nanostores/react';
import { useSession } from '../use-session.tsx';
import { $signingIn } from '../texts/texts.ts';
import { ScreenTitle } from './screen-title.tsx';

type Step = 'window-opening' | 'window-waiting' | 'continuing-here' | 'exchanging';

/** The window is open, this tab is on its way to the provider, or the answer is being exchanged. */
export function SigningInScreen({ step }: { step: Step }) {
  const { session } = useSession();
  const texts = useStore($signingIn);
  const { title, lead } = {
    'window-opening': { title: texts.openingTitle, lead: texts.opening },
    'window-waiting': { title: texts.waitingTitle, lead: texts.waiting },
    'continuing-here': { title: texts.openingTitle, lead: texts.continuing },
    exchanging: { title: texts.exchangingTitle, lead: texts.exchanging },
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
              {texts.showWindow}
            </button>
          )}
          {isWindowOpen && (
            <button type="button" data-testid="continue-here" onClick={session.continueSignInHere}>
              {texts.continueHere}
            </button>
          )}
          <button type="button" className="quiet" data-testid="cancel-sign-in" onClick={session.cancelSignIn}>
            {texts.cancel}
          </button>
        </div>
      )}
    </section>
  );
}
