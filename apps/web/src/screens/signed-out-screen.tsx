import { useStore } from '@nanostores/react';
import { inAppBrowser } from '@oneclick/sign-in/src/sign-in/in-app-browser.ts';
import { useSession } from '../use-session.tsx';
import type { Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { $app, $signingIn } from '../texts/texts.ts';
import { NoticeBox } from './notice-box.tsx';
import { ScreenTitle } from './screen-title.tsx';

/**
 * Signed out, or signed in until just now: why, and the button. The same if the window was lost from sight: it may
 * still be there, and then the attempt can be finished or given up.
 */
export function SignedOutScreen({
  notice,
  isWindowLost = false,
}: {
  notice: Notice | undefined;
  isWindowLost?: boolean;
}) {
  const { session } = useSession();
  const texts = useStore($app);
  const { continueHere, cancel } = useStore($signingIn);
  const app = inAppBrowser(navigator.userAgent);
  return (
    <section className="card" aria-labelledby="title">
      <div className="stack">
        <ScreenTitle>{texts.headline}</ScreenTitle>
        <p className="lead">{texts.lead}</p>
      </div>
      {notice && <NoticeBox notice={notice} hasFailed={!isWindowLost} />}
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
          {notice ? texts.signInAgain : texts.signIn}
        </button>
        {isWindowLost && (
          <>
            <button type="button" data-testid="continue-here" onClick={session.continueSignInHere}>
              {continueHere}
            </button>
            <button
              type="button"
              className="quiet"
              data-testid="cancel-sign-in"
              onClick={session.cancelSignIn}
            >
              {cancel}
            </button>
          </>
        )}
      </div>
      {app !== undefined && <p className="hint">{texts.inAppBrowser({ app })}</p>}
      <ul className="points">
        <li>{app === undefined ? texts.pointWindow : texts.pointTab}</li>
        <li>{texts.pointShared}</li>
        <li>{texts.pointLeave}</li>
      </ul>
    </section>
  );
}
