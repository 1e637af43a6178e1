import { useSession } from './use-session.tsx';
import { useEffect } from 'react';
import { LateAccount } from './account/late-account.tsx';
import { RestoringScreen } from './screens/restoring-screen.tsx';
import { SignedOutScreen } from './screens/signed-out-screen.tsx';
import { SigningInScreen } from './screens/signing-in-screen.tsx';
import { useLocale, useTexts } from './texts/use-texts.ts';

/** One screen for each status of the session. */
export function App() {
  const { app } = useTexts();
  const locale = useLocale();
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return (
    <>
      <header className="brand">
        <img src="/favicon.svg" alt="" />
        {app.brand}
      </header>
      <main className="page">
        <Screen />
      </main>
    </>
  );
}

function Screen() {
  const { session, snapshot } = useSession();
  switch (snapshot.name) {
    case 'restoring':
      return <RestoringScreen warning={snapshot.trouble} onTryAgain={() => void session.restore()} />;
    case 'signed-out':
    case 'ended':
      return <SignedOutScreen error={snapshot.notice} />;
    case 'window-lost':
      return <SignedOutScreen error={{ code: 'window_closed' }} isWindowLost />;
    case 'window-opening':
    case 'window-waiting':
    case 'continuing-here':
    case 'exchanging':
      return <SigningInScreen step={snapshot.name} />;
    case 'signed-in':
      return <LateAccount snapshot={snapshot} />;
  }
}
