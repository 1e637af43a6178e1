import type { SigningInSession } from '@oneclick/sign-in';
import { useFirstTexts } from '../texts/use-texts.ts';
import { useIsNew } from './announcement.tsx';
import { ScreenTitle } from './screen-title.tsx';

/** Shown while the user signs in. While the transaction is open, it has a button for each action. */
export function SigningInScreen({ session: { step, transaction } }: { session: SigningInSession }) {
  const { signingIn } = useFirstTexts();
  const isNew = useIsNew(step);
  const { title, lead } = {
    'opening-window': { title: signingIn.openingTitle, lead: signingIn.openingWindow },
    'waiting-for-provider': { title: signingIn.waitingTitle, lead: signingIn.waiting },
    redirecting: { title: signingIn.openingTitle, lead: signingIn.redirecting },
    'exchanging-code': { title: signingIn.exchangingTitle, lead: signingIn.exchanging },
  }[step];
  return (
    <section className="card" aria-labelledby="title">
      <div className="progress" role={isNew ? 'status' : undefined}>
        <div className="spinner" />
        <div className="stack">
          <ScreenTitle>{title}</ScreenTitle>
          <p className="lead">{lead}</p>
        </div>
      </div>
      {transaction && (
        <div className="actions">
          {transaction.showWindow && (
            <button type="button" data-testid="show-window" onClick={transaction.showWindow}>
              {signingIn.showWindow}
            </button>
          )}
          {transaction.continueHere && (
            <button type="button" data-testid="continue-here" onClick={transaction.continueHere}>
              {signingIn.continueHere}
            </button>
          )}
          <button type="button" className="quiet" data-testid="cancel-sign-in" onClick={transaction.cancel}>
            {signingIn.cancel}
          </button>
        </div>
      )}
    </section>
  );
}
