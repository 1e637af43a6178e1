import { useEffect, useState } from 'react';
import { useLocale, useTexts } from '../texts/use-texts.ts';

const AGE_CHANGES_EVERY_MS = 10_000;

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

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
  const [unit, length] = UNITS.find(([, unitSeconds]) => seconds >= unitSeconds) ?? (['second', 1] as const);
  return <p className="hint">{account.mayBeOutdated(age.format(-Math.floor(seconds / length), unit))}</p>;
}
