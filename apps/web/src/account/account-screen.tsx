import type { Userinfo } from '@oneclick/shared/messages';
import { useStore } from '@nanostores/react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { SessionState } from '../auth/session-state.ts';
import { useSession } from '../auth/use-session.tsx';
import { Fault, type Notice } from '../fault.ts';
import { NoticeBox } from '../screens/notice-box.tsx';
import { $account, $locale } from '../texts/texts.ts';
import { AccountFacts } from './account-facts.tsx';
import { topUp } from './top-up.ts';
import { userinfoQuery } from './userinfo-query.ts';

const AGE_SHOWN_EVERY_MS = 10_000;

/** Who is signed in, what they have left, and what they can do about it. */
export function AccountScreen({ snapshot }: { snapshot: SessionState & { name: 'signed-in' } }) {
  const { session } = useSession();
  const texts = useStore($account);
  const userinfo = useQuery(userinfoQuery(session, snapshot.sessionId));
  const { topUpNotice, startTopUp } = useTopUp(() => void userinfo.refetch());

  const notice = topUpNotice ?? (userinfo.isError ? Fault.from(userinfo.error).notice : snapshot.trouble);
  const { dataUpdatedAt: readAtMs } = userinfo;

  return (
    <section className="card" aria-labelledby="title" aria-busy={userinfo.isPending}>
      <h1 id="title">{texts.title}</h1>
      {notice && <NoticeBox notice={notice} />}
      {userinfo.data ? (
        <>
          {notice && <StaleData readAtMs={readAtMs} />}
          <AccountFacts userinfo={userinfo.data} />
          <BalanceReading key={snapshot.sessionId} userinfo={userinfo.data} readAtMs={readAtMs} />
        </>
      ) : userinfo.isError ? (
        <p>{texts.failed}</p>
      ) : (
        <>
          <p className="visually-hidden" role="status">
            {texts.loading}
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
            aria-disabled={userinfo.isFetching}
            onClick={() => void userinfo.refetch({ cancelRefetch: false })}
          >
            {userinfo.isFetching ? texts.refreshing : texts.refresh}
          </button>
          <button type="button" className="primary" data-testid="top-up" onClick={startTopUp}>
            {texts.topUp}
          </button>
        </div>
        <p className="hint">{texts.topUpHint}</p>
      </div>
      <button type="button" className="quiet" data-testid="sign-out" onClick={() => void session.signOut()}>
        {texts.signOut}
      </button>
    </section>
  );
}

/** While something is wrong: how old what is shown may be. */
function StaleData({ readAtMs }: { readAtMs: number }) {
  const texts = useStore($account);
  const locale = useStore($locale);
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now), AGE_SHOWN_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((nowMs - readAtMs) / 1000));
  const age = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return (
    <p className="hint">
      {texts.staleData({
        time: useTime(readAtMs),
        age: seconds < 60 ? age.format(-seconds, 'second') : age.format(-Math.floor(seconds / 60), 'minute'),
      })}
    </p>
  );
}

/** Says, to those who listen as well, what the last reading changed and when it was made. */
function BalanceReading({ userinfo, readAtMs }: { userinfo: Userinfo; readAtMs: number }) {
  const texts = useStore($account);
  const readAt = useTime(readAtMs);
  const balance = userinfo.balance_formatted;
  const [seen, setSeen] = useState({ balance, readAtMs, sentence: '' });
  if (seen.readAtMs !== readAtMs || seen.balance !== balance) {
    const isChanged = seen.balance !== balance && seen.balance !== undefined && balance !== undefined;
    const sentence = isChanged
      ? texts.changed({ before: seen.balance ?? '', after: balance ?? '' })
      : texts.unchanged;
    setSeen({ balance, readAtMs, sentence: balance === undefined ? '' : sentence });
  }
  return (
    <p className="reading" role="status" data-testid="reading">
      {seen.sentence} {texts.readAt({ time: readAt })}
    </p>
  );
}

function useTime(ms: number): string {
  const locale = useStore($locale);
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(ms);
}

/** Top up in a new tab, and read the balance again on return, until the screen goes. */
function useTopUp(onReturn: () => void): { topUpNotice: Notice | undefined; startTopUp: () => void } {
  const { session } = useSession();
  const [topUpNotice, setTopUpNotice] = useState<Notice>();
  const watching = useRef<AbortController>(undefined);
  useEffect(() => () => watching.current?.abort(), []);

  async function start(): Promise<void> {
    watching.current?.abort();
    const controller = new AbortController();
    watching.current = controller;
    setTopUpNotice(undefined);
    try {
      await topUp(session, { onReturn, signal: controller.signal });
    } catch (error) {
      if (!controller.signal.aborted) setTopUpNotice(Fault.from(error).notice);
    }
  }
  return { topUpNotice, startTopUp: () => void start() };
}
