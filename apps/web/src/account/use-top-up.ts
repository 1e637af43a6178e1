import type { ErrorDetails, SignedInSession, TopUpTab } from '@oneclick/sign-in';
import { SignInError } from '@oneclick/sign-in';
import { useSignInClient } from '@oneclick/sign-in/react';
import { userinfoQuery } from '@oneclick/sign-in/react-query';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

const REFETCH_EVERY_MS = 5_000;
const REFETCH_FOR_MS = 600_000;

/**
 * Opens the top-up page, and from then on refetches the balance when the user comes back to this tab. While the
 * top-up tab is open, and for ten minutes at most, also every five seconds: it may be visible beside this one.
 */
export function useTopUp(session: SignedInSession): {
  openTopUp: () => void;
  topUpError: ErrorDetails | undefined;
} {
  const client = useSignInClient();
  const [topUpError, setTopUpError] = useState<ErrorDetails>();
  const [isOpening, setIsOpening] = useState(false);
  const [opened, setOpened] = useState<{ tab: TopUpTab; atMs: number }>();

  // A second observer of the account's query. The first one has the retries after an error, at a slower pace.
  useQuery({
    ...userinfoQuery(client, session),
    enabled: opened !== undefined,
    refetchOnWindowFocus: 'always',
    refetchInterval: ({ state }) =>
      opened !== undefined &&
      !opened.tab.closed &&
      Date.now() < opened.atMs + REFETCH_FOR_MS &&
      state.status !== 'error' &&
      REFETCH_EVERY_MS,
    notifyOnChangeProps: [],
  });

  async function openTopUp(): Promise<void> {
    // The second click of a double click.
    if (isOpening) return;
    setIsOpening(true);
    setTopUpError(undefined);
    try {
      setOpened({ tab: await client.topUp(), atMs: Date.now() });
    } catch (error) {
      setTopUpError(SignInError.from(error).details);
    } finally {
      setIsOpening(false);
    }
  }
  return { openTopUp: () => void openTopUp(), topUpError };
}
