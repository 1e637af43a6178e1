import type { SignedOutSession } from '@oneclick/sign-in';
import { useSignInClient } from '@oneclick/sign-in/react';
import { useFirstTexts } from '../texts/use-texts.ts';
import { NoticeBox } from './notice-box.tsx';
import { ScreenTitle } from './screen-title.tsx';
import { useInAppBrowser } from './use-in-app-browser.ts';

/**
 * The sign-in button, below the reason why the last sign-in or session ended. If the sign-in window seems closed, the
 * transaction is still open: the user may continue it here or cancel it.
 */
export function SignedOutScreen({ session }: { session: SignedOutSession }) {
  const { prepareSignIn, signIn } = useSignInClient();
  const { signedOut, signingIn } = useFirstTexts();
  const inAppBrowserName = useInAppBrowser();
  const transaction = session.step === 'window-lost' ? session.transaction : undefined;
  return (
    <section className="card" aria-labelledby="title">
      <div className="stack">
        <ScreenTitle key={session.step}>{signedOut.title}</ScreenTitle>
        <p className="lead">{signedOut.lead}</p>
      </div>
      {transaction && <NoticeBox error={{ code: 'window_closed' }} sentence={signedOut.windowLost} />}
      {session.error && <NoticeBox error={session.error} />}
      <div className="actions">
        <button
          type="button"
          className="primary large"
          data-testid="sign-in"
          onPointerEnter={prepareSignIn}
          onPointerDown={prepareSignIn}
          onFocus={prepareSignIn}
          onClick={() => signIn()}
        >
          {transaction || session.error ? signedOut.signInAgain : signedOut.signIn}
        </button>
        {transaction?.continueHere && (
          <button type="button" data-testid="continue-here" onClick={transaction.continueHere}>
            {signingIn.continueHere}
          </button>
        )}
        {transaction && (
          <button type="button" className="quiet" data-testid="cancel-sign-in" onClick={transaction.cancel}>
            {signingIn.cancel}
          </button>
        )}
      </div>
      <ul className="points">
        <li>{signedOut.passwordStays}</li>
        <li>{signedOut.readOnly}</li>
      </ul>
      {inAppBrowserName !== undefined && <p className="hint">{signedOut.inAppBrowser(inAppBrowserName)}</p>}
    </section>
  );
}
