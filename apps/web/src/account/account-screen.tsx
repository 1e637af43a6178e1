import type { SignedInSession } from '@oneclick/sign-in';
import { useSignInClient } from '@oneclick/sign-in/react';
import { useUser } from '@oneclick/sign-in/react-query';
import { useState } from 'react';
import { NoticeBox } from '../screens/notice-box.tsx';
import { ScreenTitle } from '../screens/screen-title.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { AccountBoundary } from './account-boundary.tsx';
import { AccountFacts } from './account-facts.tsx';
import { BalanceUpdate, DataAge } from './balance-update.tsx';
import { useTopUp } from './use-top-up.ts';

/** The account of the signed-in user, with the buttons to refresh the balance, to top up and to sign out. */
export function AccountScreen({ session }: { session: SignedInSession }) {
  const { signOut } = useSignInClient();
  const { account } = useTexts();
  const { user, isError, error, isPending, isFetching, refetch, ...query } = useUser();
  const { openTopUp, topUpError } = useTopUp(session);
  const [requestedAtMs, setRequestedAtMs] = useState(0);

  const problem = topUpError ?? error?.details ?? session.warning;
  const { dataUpdatedAt: updatedAtMs, errorUpdatedAt: failedAtMs } = query;
  // Only for a refresh that the user asked for. The button stays as it is during the others.
  const isRefreshing = isPending || (isFetching && requestedAtMs >= Math.max(updatedAtMs, failedAtMs));

  return (
    <section className="card" aria-labelledby="title">
      <ScreenTitle>{account.title}</ScreenTitle>
      {problem && <NoticeBox error={problem} />}
      {user ? (
        <AccountBoundary user={user} fallback={<AccountFailed />}>
          {(isError || session.warning) && <DataAge updatedAtMs={updatedAtMs} />}
          <AccountFacts user={user} />
          <BalanceUpdate
            balance={user.balance_formatted}
            updatedAtMs={updatedAtMs}
            requestedAtMs={requestedAtMs}
          />
        </AccountBoundary>
      ) : isError ? (
        <p>{account.failed}</p>
      ) : (
        <>
          <p className="visually-hidden" role="status">
            {account.loading}
          </p>
          <div className="skeleton tall" />
          <div className="skeleton" />
          <div className="skeleton" />
        </>
      )}
      <div className="stack">
        <div className="actions in-a-row">
          <button
            type="button"
            data-testid="refresh-balance"
            aria-disabled={isRefreshing}
            onClick={() => {
              setRequestedAtMs(Date.now());
              void refetch({ cancelRefetch: false });
            }}
          >
            {isRefreshing ? account.refreshing : account.refresh}
          </button>
          <button type="button" className="primary" data-testid="top-up" onClick={openTopUp}>
            {account.topUp}
          </button>
        </div>
        <p className="hint">{account.topUpHint}</p>
      </div>
      <button type="button" className="quiet" data-testid="sign-out" onClick={() => void signOut()}>
        {account.signOut}
      </button>
    </section>
  );
}

/** For an account that this page can't show. */
function AccountFailed() {
  const { account } = useTexts();
  return (
    <>
      <NoticeBox error={{ code: 'api_bad_answer' }} />
      <p>{account.failed}</p>
    </>
  );
}
