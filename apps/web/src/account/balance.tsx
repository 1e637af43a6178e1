import type { Userinfo } from '@oneclick/sign-in';
import { useLocale, useTexts } from '../texts/use-texts.ts';
import { readQuota } from './quota-state.ts';

/** The balance as the provider formats it, and in words how much that is. */
export function Balance({ user }: { user: Userinfo }) {
  const { app, account } = useTexts();
  const { balance_formatted: balance } = user;
  if (balance === undefined) return <p className="hint">{account.balanceNotShared}</p>;
  return (
    <>
      <dl>
        <dt>{app.balance}</dt>
        {/* The type is as large as the number allows on one line. */}
        <dd
          data-testid="balance"
          translate="no"
          dir="auto"
          ref={(number) => number?.style.setProperty('--length', String(balance.length))}
        >
          {balance}
        </dd>
      </dl>
      <Level user={user} />
    </>
  );
}

const NO_BREAK_SPACE = '\u00A0';

/** Also without words it takes its line, so that nothing moves when a refresh brings some. */
function Level({ user }: { user: Userinfo }) {
  const { account } = useTexts();
  const locale = useLocale();
  const { level, usedPercent = 0 } = readQuota(user);
  const left = new Intl.NumberFormat(locale, { style: 'percent' }).format((100 - usedPercent) / 100);
  const words =
    level &&
    {
      unlimited: account.unlimited,
      enough: account.left(left),
      low: account.runningLow(left),
      'used-up': account.usedUp,
      'in-debt': account.inDebt,
    }[level];
  return (
    <p>
      <b data-level={level}>{words ?? NO_BREAK_SPACE}</b>
    </p>
  );
}
