import { useEffect, useState } from 'react';
import { Announcement } from '../screens/announcement.tsx';
import { useLocale, useTexts } from '../texts/use-texts.ts';

/**
 * The time of the last fetch of the balance, and the change that it brought. A live region announces a change, and also
 * an unchanged balance if the user asked for a refresh. It does not announce the time, which changes every few seconds
 * during a top-up.
 */
export function BalanceUpdate({
  balance,
  updatedAtMs,
  requestedAtMs,
}: {
  balance: string | undefined;
  updatedAtMs: number;
  /** When the user last asked for a refresh. */
  requestedAtMs: number;
}) {
  const { account } = useTexts();
  const time = new Intl.DateTimeFormat(useLocale(), { timeStyle: 'short' }).format(updatedAtMs);
  const [shown, setShown] = useState<Shown>({ balance, updatedAtMs });
  if (shown.updatedAtMs !== updatedAtMs || shown.balance !== balance) {
    const isWorthSaying =
      balance !== undefined && (requestedAtMs >= shown.updatedAtMs || balance !== shown.balance);
    const change = isWorthSaying
      ? { before: shown.balance, after: balance, atMs: updatedAtMs }
      : shown.change;
    setShown({ balance, updatedAtMs, ...(change && { change }) });
  }
  const { change } = shown;
  return (
    <p className="reading" data-testid="reading">
      <Announcement role="status" about={change?.atMs}>
        {change &&
          (change.before === undefined || change.before === change.after
            ? account.unchanged
            : account.changed({ before: change.before, after: change.after }))}
      </Announcement>{' '}
      <span>{account.updatedAt(time)}</span>
    </p>
  );
}

interface Shown {
  balance: string | undefined;
  updatedAtMs: number;
  change?: { before: string | undefined; after: string; atMs: number };
}

const AGE_CHANGES_EVERY_MS = 10_000;

/** The age of the shown data, for a time in which the account can't be refetched. */
export function DataAge({ updatedAtMs }: { updatedAtMs: number }) {
  const { account } = useTexts();
  const age = new Intl.RelativeTimeFormat(useLocale());
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now), AGE_CHANGES_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(1, Math.round((nowMs - updatedAtMs) / 1000));
  return (
    <p className="hint">
      {account.mayBeOutdated(
        seconds < 60 ? age.format(-seconds, 'second') : age.format(-Math.floor(seconds / 60), 'minute'),
      )}
    </p>
  );
}
