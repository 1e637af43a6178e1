import { useStore } from '@nanostores/react';
import { type ComponentType, lazy, Suspense, useState } from 'react';
import type { AccountScreenProps } from './account/account-screen.tsx';
import { useSession } from './use-session.tsx';
import { RestoringScreen } from './screens/restoring-screen.tsx';
import { SignedOutScreen } from './screens/signed-out-screen.tsx';
import { SigningInScreen } from './screens/signing-in-screen.tsx';
import { $app } from './texts/texts.ts';

let loadedAccount: ComponentType<AccountScreenProps> | undefined;

/**
 * The account comes when somebody may be about to see it: a visitor who only looks at the button needs none of it.
 * See screens.tsx.
 */
export async function loadAccount(): Promise<ComponentType<AccountScreenProps>> {
  const { Account } = await import('./account/account.tsx');
  loadedAccount = Account;
  return Account;
}

const LateAccount = lazy(async () => {
  try {
    return { default: await loadAccount() };
  } catch {
    return { default: ReloadScreen };
  }
});

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
      return <AccountOnceLoaded snapshot={snapshot} />;
  }
}

/** What has come already is shown at once: after any wait, however short, React holds a screen back for 300 ms. */
function AccountOnceLoaded(props: AccountScreenProps) {
  const [Account] = useState(() => loadedAccount ?? LateAccount);
  return (
    <Suspense fallback={<RestoringScreen trouble={undefined} onTryAgain={reload} />}>
      <Account {...props} />
    </Suspense>
  );
}

/** The network was gone just then, or a new version of the app has taken the place of this one. */
function ReloadScreen() {
  return <RestoringScreen trouble={{ code: 'api_unreachable' }} onTryAgain={reload} />;
}

function reload(): void {
  location.reload();
}
