import { useStore } from '@nanostores/react';
import { AccountScreen } from './account/account-screen.tsx';
import { useSession } from './auth/use-session.tsx';
import { RestoringScreen } from './screens/restoring-screen.tsx';
import { SignedOutScreen } from './screens/signed-out-screen.tsx';
import { SigningInScreen } from './screens/signing-in-screen.tsx';
import { $app } from './texts/texts.ts';

/** One screen for each state of the session. */
export function App() {
  const texts = useStore($app);
  return (
    <>
      <header className="brand">
        <img src="/favicon.svg" alt="" />
        {texts.brand}
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
      return <RestoringScreen trouble={snapshot.trouble} onTryAgain={() => void session.restore()} />;
    case 'signed-out':
    case 'ended':
      return <SignedOutScreen notice={snapshot.notice} />;
    case 'window-lost':
      return <SignedOutScreen notice={{ code: 'window_closed' }} isWindowLost />;
    case 'window-opening':
    case 'window-waiting':
    case 'continuing-here':
    case 'exchanging':
      return <SigningInScreen step={snapshot.name} />;
    case 'signed-in':
      return <AccountScreen snapshot={snapshot} />;
  }
}
