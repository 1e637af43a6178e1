import type { Userinfo } from '@oneclick/shared/messages';
import { useStore } from '@nanostores/react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { SessionState } from '@oneclick/sign-in/src/session/session-state.ts';
import { useSession } from '../use-session.tsx';
import { Fault, type Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { NoticeBox } from '../screens/notice-box.tsx';
import { ScreenTitle } from '../screens/screen-title.tsx';
import { $account, $locale } from '../texts/texts.ts';
import { AccountFacts } from './account-facts.tsx';
import { topUp } from './top-up.ts';
import { userinfoQuery } from './userinfo-query.ts';

const AGE_SHOWN_EVERY_MS = 10_000;

export type AccountScreenProps = { snapshot: SessionState & { name: 'signed-in' } };

/** Who is signed in, what they have left, and what they can do about it. */
export function AccountScreen({ snapshot }: AccountScreenProps) {
  const { session } = useSession();
  const texts = useStore($account);
  const userinfo = useQuery(userinfoQuery(session, snapshot.sessionId));
  const { topUpNotice, startTopUp } = useTopUp(() => void userinfo.refetch());
  /** When the person last asked for a reading. Others come by themselves, and are not talked about. */
  const [askedAtMs, setAskedAtMs] = useState(0);

  const notice = topUpNotice ?? (userinfo.isError ? Fault.from(userinfo.error).notice : snapshot.trouble);
  const { dataUpdatedAt: readAtMs } = userinfo;
  const isReading =
    userinfo.isPending || (userinfo.isFetching && askedAtMs >= Math.max(readAtMs, userinfo.errorUpdatedAt));

  return (
    <section className="card" aria-labelledby="title">
      <ScreenTitle>{texts.title}</ScreenTitle>
      {notice && <NoticeBox notice={notice} />}
      {userinfo.data ? (
        <>
          {(userinfo.isError || snapshot.trouble) && <StaleData readAtMs={readAtMs} />}
          <AccountFacts userinfo={userinfo.data} />
          <BalanceReading
            key={snapshot.sessionId}
            userinfo={userinfo.data}
            readAtMs={readAtMs}
            askedAtMs={askedAtMs}
          />
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
            aria-disabled={isReading}
            onClick={() => {
              setAskedAtMs(Date.now());
              void userinfo.refetch({ cancelRefetch: false });
            }}
          >
            {isReading ? texts.refreshing : texts.refresh}
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
  const seconds = Math.max(1, Math.round((nowMs - readAtMs) / 1000));
  const age = new Intl.RelativeTimeFormat(locale);
  return (
    <p className="hint">
      {texts.staleData({
        time: useTime(readAtMs),
        age: seconds < 60 ? age.format(-seconds, 'second') : age.format(-Math.floor(seconds / 60), 'minute'),
      })}
    </p>
  );
}

/** What there is to say about a reading. `atMs`: when it was made. */
type News = { before: string | undefined; after: string; atMs: number };

/**
 * Says, to those who listen as well, what a reading has changed, or that it has changed nothing if the person asked
 * for it. The time is not announced: while the top-up page is open, the balance is read every few seconds.
 */
function BalanceReading({
  userinfo: { balance_formatted: balance },
  readAtMs,
  askedAtMs,
}: {
  userinfo: Userinfo;
  readAtMs: number;
  askedAtMs: number;
}) {
  const texts = useStore($account);
  const readAt = useTime(readAtMs);
  const [seen, setSeen] = useState<{ balance: typeof balance; readAtMs: number; news?: News }>({
    balance,
    readAtMs,
  });
  if (seen.readAtMs !== readAtMs || seen.balance !== balance) {
    const isAskedFor = askedAtMs >= seen.readAtMs;
    const isNews = balance !== undefined && (isAskedFor || balance !== seen.balance);
    const news = isNews ? { before: seen.balance, after: balance, atMs: readAtMs } : seen.news;
    setSeen({ balance, readAtMs, ...(news && { news }) });
  }
  const { news } = seen;
  return (
    <p className="reading" data-testid="reading">
      <span role="status">
        {/* With a key, so that the same sentence is announced again. */}
        {news && (
          <span key={news.atMs}>
            {news.before === undefined || news.before === news.after
              ? texts.unchanged
              : texts.changed({ before: news.before, after: news.after })}
          </span>
        )}
      </span>{' '}
      {texts.readAt({ time: readAt })}
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
