import { inAppBrowser } from '@oneclick/sign-in/src/sign-in/in-app-browser.ts';
import { useSession } from '../use-session.tsx';
import type { Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { useTexts } from '../texts/use-texts.ts';
import { NoticeBox } from './notice-box.tsx';
import { ScreenTitle } from './screen-title.tsx';

/**
 * The sign-in button, below the reason why the last sign-in or session ended. If the sign-in window seems closed, the
 * transaction is still open: the user may continue it here or cancel it.
 */
export function SignedOutScreen({
  error,
  isWindowLost = false,
}: {
  error: Notice | undefined;
  isWindowLost?: boolean;
}) {
  const { session } = useSession();
  const { signedOut, signingIn } = useTexts();
  const inAppBrowserName = inAppBrowser(navigator.userAgent);
  return (
    <section className="card" aria-labelledby="title">
      <div className="stack">
        <ScreenTitle>{signedOut.title}</ScreenTitle>
        <p className="lead">{signedOut.lead}</p>
      </div>
      {error && <NoticeBox error={error} sentence={isWindowLost ? signedOut.windowLost : undefined} />}
      <div className="actions">
        <button
          type="button"
          className="primary large"
          data-testid="sign-in"
          onPointerEnter={session.prepareSignIn}
          onPointerDown={session.prepareSignIn}
          onFocus={session.prepareSignIn}
          onClick={session.signIn}
        >
          {error ? signedOut.signInAgain : signedOut.signIn}
        </button>
        {isWindowLost && (
          <>
            <button type="button" data-testid="continue-here" onClick={session.continueSignInHere}>
              {signingIn.continueHere}
            </button>
            <button
              type="button"
              className="quiet"
              data-testid="cancel-sign-in"
              onClick={session.cancelSignIn}
            >
              {signingIn.cancel}
            </button>
          </>
        )}
      </div>
      {inAppBrowserName !== undefined && <p className="hint">{signedOut.inAppBrowser(inAppBrowserName)}</p>}
      <ul className="points">
        <li>{inAppBrowserName === undefined ? signedOut.windowOpens : signedOut.pageLeaves}</li>
        <li>{signedOut.readOnly}</li>
        <li>{signedOut.signOutAnytime}</li>
      </ul>
    </section>
  );
}
