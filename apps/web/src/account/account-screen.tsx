import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionState } from '@oneclick/sign-in/src/session/session-state.ts';
import { useSession } from '../use-session.tsx';
import { Fault } from '@oneclick/sign-in/src/api/fault.ts';
import { NoticeBox } from '../screens/notice-box.tsx';
import { ScreenTitle } from '../screens/screen-title.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { AccountFacts } from './account-facts.tsx';
import { BalanceUpdate, DataAge } from './balance-update.tsx';
import { useTopUp } from './use-top-up.ts';
import { userinfoQuery } from './userinfo-query.ts';

export type AccountScreenProps = { snapshot: SessionState & { name: 'signed-in' } };

/** The account of the signed-in user, with the buttons to refresh the balance, to top up and to sign out. */
export function AccountScreen({ snapshot }: AccountScreenProps) {
  const { session } = useSession();
  const { account } = useTexts();
  const userinfo = useQuery(userinfoQuery(session, snapshot.sessionId));
  const { openTopUp, topUpError } = useTopUp(snapshot.sessionId);
  const [requestedAtMs, setRequestedAtMs] = useState(0);

  const error = topUpError ?? (userinfo.isError ? Fault.from(userinfo.error).notice : snapshot.trouble);
  const { dataUpdatedAt: updatedAtMs } = userinfo;
  // Only for a refresh that the user asked for. The button stays as it is during the others.
  const isRefreshing =
    userinfo.isPending ||
    (userinfo.isFetching && requestedAtMs >= Math.max(updatedAtMs, userinfo.errorUpdatedAt));

  return (
    <section className="card" aria-labelledby="title">
      <ScreenTitle>{account.title}</ScreenTitle>
      {error && <NoticeBox error={error} />}
      {userinfo.data ? (
        <>
          {(userinfo.isError || snapshot.trouble) && <DataAge updatedAtMs={updatedAtMs} />}
          <AccountFacts userinfo={userinfo.data} />
          <BalanceUpdate
            key={snapshot.sessionId}
            userinfo={userinfo.data}
            updatedAtMs={updatedAtMs}
            requestedAtMs={requestedAtMs}
          />
        </>
      ) : userinfo.isError ? (
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
              void userinfo.refetch({ cancelRefetch: false });
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
      <button type="button" className="quiet" data-testid="sign-out" onClick={() => void session.signOut()}>
        {account.signOut}
      </button>
    </section>
  );
}
