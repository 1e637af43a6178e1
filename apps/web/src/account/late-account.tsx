import type { SignedInSession } from '@oneclick/sign-in';
import { type ComponentType, useEffect, useState } from 'react';
import { RestoringScreen } from '../screens/restoring-screen.tsx';
import { useLateTexts } from '../texts/use-texts.ts';

type AccountProps = { session: SignedInSession };

let Account: ComponentType<AccountProps> | undefined;

/** Loads the script of the account. Separate from the app's, because a visitor who does not sign in does not need it. */
export async function loadAccount(): Promise<void> {
  ({ Account } = await import('./account.tsx'));
}

/** The account as soon as its script is loaded. Without `lazy`: React keeps a Suspense fallback for 300 ms. */
export function LateAccount(props: AccountProps) {
  const [loading, setLoading] = useState<'pending' | 'done' | 'failed'>('pending');
  useEffect(() => {
    loadAccount().then(
      () => setLoading('done'),
      () => setLoading('failed'),
    );
  }, []);
  const { texts, hasFailed } = useLateTexts();
  if (Account && texts) return <Account {...props} />;
  // The network failed, or a new version of the app has replaced this one. A browser retries an import only on reload.
  const warning = loading === 'failed' || hasFailed ? ({ code: 'api_unreachable' } as const) : undefined;
  return <RestoringScreen warning={warning} onTryAgain={() => location.reload()} />;
}
