import type { SignedInSession, Userinfo } from '@oneclick/sign-in';
import { useSignInClient } from '@oneclick/sign-in/react';
import { useUser } from '@oneclick/sign-in/react-query';
import { useState } from 'react';
import { NoticeBox } from '../screens/notice-box.tsx';
import { ScreenTitle } from '../screens/screen-title.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { AccountBoundary } from './account-boundary.tsx';
import { AccountFacts } from './account-facts.tsx';
import { Balance } from './balance.tsx';
import { BalanceUpdate } from './balance-update.tsx';
import { DataAge } from './data-age.tsx';
import { useTopUp } from './use-top-up.ts';

/**
 * The account of the signed-in user, with the buttons to sign out, to refresh the balance and to top up. Nothing moves
 * when data or an error arrives: the parts above the facts keep their height, and the notice is below everything.
 */
export function AccountScreen({ session }: { session: SignedInSession }) {
  const { signOut } = useSignInClient();
  const { account } = useTexts();
  const { user: received, isError, error, isPending, isFetching, refetch, ...query } = useUser();
  const { openTopUp, topUpError } = useTopUp(session);
  const [requestedAtMs, setRequestedAtMs] = useState(0);
  const [broken, setBroken] = useState<Userinfo>();

  // What can't be shown is not tried again until other data arrive.
  const isBroken = received !== undefined && received === broken;
  const user = isBroken ? undefined : received;
  const onFail = () => setBroken(received);
  const problem =
    topUpError ?? (isBroken ? ({ code: 'api_bad_answer' } as const) : error?.details) ?? session.warning;
  const { dataUpdatedAt: updatedAtMs, errorUpdatedAt: failedAtMs } = query;
  // Only for a refresh that the user asked for. The button stays as it is during the others.
  const isRefreshing = isFetching && requestedAtMs > 0 && requestedAtMs >= Math.max(updatedAtMs, failedAtMs);
  /** The number of the last failure of a refresh that the user asked for. */
  const [announcedFailure, setAnnouncedFailure] = useState(0);
  const isLoading = !user && !isBroken && !isError;

  async function refresh(): Promise<void> {
    setRequestedAtMs(Date.now());
    const { isError: hasFailed, errorUpdateCount } = await refetch({ cancelRefetch: false });
    if (hasFailed) setAnnouncedFailure(errorUpdateCount);
  }

  return (
    <section aria-labelledby="title">
      <div className="card">
        <div className="head">
          <ScreenTitle>{account.title}</ScreenTitle>
          <button type="button" className="quiet" data-testid="sign-out" onClick={() => void signOut()}>
            {account.signOut}
          </button>
        </div>
        {isLoading ? (
          <div className="skeleton figure">
            <p className="visually-hidden" role="status">
              {account.loading}
            </p>
          </div>
        ) : (
          <div className="figure">
            {user ? (
              <AccountBoundary onFail={onFail}>
                <Balance user={user} />
                <BalanceUpdate
                  balance={user.balance_formatted}
                  updatedAtMs={updatedAtMs}
                  requestedAtMs={requestedAtMs}
                />
              </AccountBoundary>
            ) : (
              <p>{account.failed}</p>
            )}
          </div>
        )}
        <div className="stack">
          <div className="actions in-a-row">
            <button
              type="button"
              data-testid="refresh-balance"
              aria-disabled={isPending || isRefreshing}
              onClick={() => void refresh()}
            >
              {/* The key replaces the element: text that starts elsewhere on its line would count as moved. */}
              <span key={String(isRefreshing)}>{isRefreshing ? account.refreshing : account.refresh}</span>
            </button>
            <button
              type="button"
              className="primary"
              data-testid="top-up"
              aria-describedby="top-up-hint"
              onClick={openTopUp}
            >
              {account.topUp}
            </button>
          </div>
          <p className="hint" id="top-up-hint">
            {account.topUpHint}
          </p>
        </div>
        {user && (
          <AccountBoundary onFail={onFail}>
            <AccountFacts user={user} />
          </AccountBoundary>
        )}
        {isLoading && (
          <>
            <div className="skeleton usage" />
            <div className="skeleton facts" />
          </>
        )}
      </div>
      {problem && (
        // The key announces the error of each refresh that the user asked for, also one that is on the screen already.
        <NoticeBox key={announcedFailure} error={problem}>
          {user && (isError || session.warning) && <DataAge updatedAtMs={updatedAtMs} />}
        </NoticeBox>
      )}
    </section>
  );
}
