import { useState } from 'react';
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
    <div className="reading" data-testid="reading">
      <p>{account.updatedAt(time)}</p>
      <p>
        <Announcement role="status" about={change?.atMs}>
          {change &&
            (change.before === undefined || change.before === change.after
              ? account.unchanged
              : account.changed({ before: onOneLine(change.before), after: onOneLine(change.after) }))}
        </Announcement>
      </p>
    </div>
  );
}

/** Keeps the currency beside the number. */
const onOneLine = (balance: string) => balance.replaceAll(' ', '\u00A0');

interface Shown {
  balance: string | undefined;
  updatedAtMs: number;
  change?: { before: string | undefined; after: string; atMs: number };
}
