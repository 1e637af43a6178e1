import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../use-session.tsx';
import { Fault, type Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { topUp } from './top-up.ts';
import { userinfoQuery } from './userinfo-query.ts';

const REFETCH_EVERY_MS = 5_000;
const REFETCH_FOR_MS = 600_000;

/**
 * Opens the top-up page, and from then on refetches the balance when the user comes back to this tab. While the
 * top-up tab is open, and for ten minutes at most, also every five seconds: it may be visible beside this one.
 */
export function useTopUp(sessionId: string): { openTopUp: () => void; topUpError: Notice | undefined } {
  const { session } = useSession();
  const [topUpError, setTopUpError] = useState<Notice>();
  const [isOpening, setIsOpening] = useState(false);
  const [opened, setOpened] = useState<{ tab: { readonly closed: boolean }; atMs: number }>();

  // A second observer of the account's query. The first one has the retries after an error, at a slower pace.
  useQuery({
    ...userinfoQuery(session, sessionId),
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
      setOpened({ tab: await topUp(session), atMs: Date.now() });
    } catch (error) {
      setTopUpError(Fault.from(error).notice);
    } finally {
      setIsOpening(false);
    }
  }
  return { openTopUp: () => void openTopUp(), topUpError };
}
