import type { Userinfo } from '@oneclick/sign-in';
import { useLocale, useTexts } from '../texts/use-texts.ts';

const ACTIVE = 1;
/** The length of a balance that fits on one line in the large type of a 320 px screen, in characters. */
const FITS_LARGE = 9;

/** The account as the provider returns it. A scope that was not granted is named, not shown as zero. */
export function AccountFacts({ user }: { user: Userinfo }) {
  const { account } = useTexts();
  const locale = useLocale();
  const { username, email, balance_formatted: balance, created_time: createdTime, status } = user;
  const hasProfile = username !== undefined || email !== undefined;
  return (
    <>
      {balance === undefined ? (
        <p className="hint">{account.balanceNotShared}</p>
      ) : (
        <dl className="figure">
          <dt>{account.balance}</dt>
          <dd
            data-testid="balance"
            translate="no"
            className={balance.length > FITS_LARGE ? 'long' : undefined}
          >
            {balance}
          </dd>
        </dl>
      )}
      <Usage user={user} />
      {!hasProfile && <p className="hint">{account.profileNotShared}</p>}
      <dl className="facts">
        <Fact name={account.username} value={username} testId="username" translate="no" />
        <Fact name={account.email} value={email} testId="email" translate="no" />
        <Fact
          name={account.memberSince}
          value={
            canBeCreationTime(createdTime)
              ? new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(createdTime * 1000)
              : undefined
          }
        />
        <Fact
          name={account.status}
          value={
            status === undefined
              ? undefined
              : status === ACTIVE
                ? account.statusActive
                : account.statusInactive
          }
        />
      </dl>
    </>
  );
}

/** For a clock that is behind. */
const ONE_DAY_MS = 86_400_000;

/** Some servers write 0 for an unknown time, or milliseconds or microseconds in place of seconds. */
function canBeCreationTime(unixSeconds: number | undefined): unixSeconds is number {
  return unixSeconds !== undefined && unixSeconds > 0 && unixSeconds * 1000 <= Date.now() + ONE_DAY_MS;
}

function Fact({
  name,
  value,
  testId,
  translate,
}: {
  name: string;
  value: string | undefined;
  testId?: string;
  /** `no` for what is nobody's language. */
  translate?: 'no';
}) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId} translate={translate}>
        {value}
      </dd>
    </div>
  );
}

/** A sign in front of the first digit, with or without the currency: `-5.00`, `¥ −5.00`. */
const NEGATIVE = /^\D*[-−]/;

/**
 * The used share of the quota: as a meter, and in numbers for users who can't see the meter. Some gateways write what is
 * left into `quota`. So nothing is shown if more than the quota was used, unless the account is in debt.
 */
function Usage({ user }: { user: Userinfo }) {
  const { quota, used_quota: used, balance_formatted: balance = '' } = user;
  const { account } = useTexts();
  const locale = useLocale();
  if (quota === undefined || used === undefined || quota <= 0) return null;
  if (used > quota && !NEGATIVE.test(balance)) return null;
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const numbers = account.usageNumbers({
    used: number.format(used),
    quota: number.format(quota),
    share: share.format(used / quota),
  });
  return (
    <div className="usage" data-testid="usage">
      <meter aria-label={account.usage} min={0} max={quota} value={Math.min(used, quota)}>
        {numbers}
      </meter>
      <span className="hint">{numbers}</span>
    </div>
  );
}
