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
  switch (snapshot.status) {
    case 'restoring':
      return <RestoringScreen trouble={snapshot.trouble} onTryAgain={() => void session.restore()} />;
    case 'signed-out':
    case 'ended':
      return <SignedOutScreen notice={snapshot.notice} onSignIn={session.signIn} />;
    case 'signing-in':
      return (
        <SigningInScreen
          step={snapshot.step}
          onContinueHere={session.continueSignInHere}
          onCancel={session.cancelSignIn}
        />
      );
    case 'signed-in':
      return <AccountScreen snapshot={snapshot} />;
  }
}
