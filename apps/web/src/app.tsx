import type { Session } from '@oneclick/sign-in';
import { useSession, useSignInClient } from '@oneclick/sign-in/react';
import { type ReactNode, useEffect, useState } from 'react';
import { ThemeSelect } from './appearance/theme-select.tsx';
import { LateAccount } from './account/late-account.tsx';
import { configured } from './configured.ts';
import { RestoringScreen } from './screens/restoring-screen.tsx';
import { SignedOutScreen } from './screens/signed-out-screen.tsx';
import { SigningInScreen } from './screens/signing-in-screen.tsx';
import { LanguageSelect } from './texts/language-select.tsx';
import { useLocale, useFirstTexts } from './texts/use-texts.ts';

/** From the click until the screen shows the steps of a sign-in. */
const STEPS_SHOWN_AFTER_MS = 300;

/** The screen for the session, in the surroundings that all screens have. */
export function App() {
  return (
    <Page>
      <Screen />
    </Page>
  );
}

/** What surrounds each screen. */
export function Page({ children }: { children: ReactNode }) {
  const { app } = useFirstTexts();
  const locale = useLocale();
  const { brand } = configured();
  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = brand ?? app.title;
  }, [locale, app, brand]);
  return (
    <>
      <header className="brand">
        {/* Behind the scripts. Also without it, React would add a preload for the image to the first screen. */}
        <img src="/favicon.svg" alt="" fetchPriority="low" />
        <span>{brand ?? app.brand}</span>
      </header>
      <main className="page">{children}</main>
      <footer className="settings">
        <LanguageSelect />
        <ThemeSelect />
      </footer>
    </>
  );
}

function Screen() {
  const client = useSignInClient();
  const session = useShownSession();
  switch (session.status) {
    case 'loading':
      return <RestoringScreen warning={session.warning} onTryAgain={client.tryAgain} />;
    case 'signed-out':
      return <SignedOutScreen session={session} />;
    case 'signing-in':
      return <SigningInScreen session={session} />;
    case 'signed-in':
      // The key drops the state and the data of the account when the user changes.
      return <LateAccount key={session.sessionId} session={session} />;
  }
}

/**
 * The session as the screen shows it. In the first 300 ms of a sign-in in a window, the screen keeps the sign-in button, because
 * rendering the steps would delay the window. A sign-in that ends earlier leads from the button to the account directly. If
 * the screen shows an error, the steps replace it at once: a second error with the same code is then announced, too.
 */
function useShownSession(): Session {
  const { getSession } = useSignInClient();
  const session = useSession();
  const [shown, setShown] = useState(session);
  const hasJustBegun =
    session.status === 'signing-in' &&
    session.step !== 'redirecting' &&
    shown.status === 'signed-out' &&
    shown.step === 'idle' &&
    !shown.error;
  if (!hasJustBegun && shown !== session) setShown(session);
  useEffect(() => {
    if (!hasJustBegun) return;
    const timer = setTimeout(() => setShown(getSession()), STEPS_SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [hasJustBegun, getSession]);
  return hasJustBegun ? shown : session;
}
