import type { Userinfo } from '@oneclick/shared/messages';
import { useStore } from '@nanostores/react';
import { $account, $locale } from '../texts/texts.ts';

const ACTIVE = 1;
/** Characters of a balance that fit into one line in the large type, 320 pixels wide. */
const FITS_LARGE = 9;

/** The account as the provider describes it. A scope that was not granted is said, not shown as zero. */
export function AccountFacts({ userinfo }: { userinfo: Userinfo }) {
  const texts = useStore($account);
  const locale = useStore($locale);
  const { username, email, balance_formatted: balance, created_time: createdTime, status } = userinfo;
  const hasProfile = username !== undefined || email !== undefined;
  return (
    <>
      {balance === undefined ? (
        <p className="hint">{texts.notGrantedBalance}</p>
      ) : (
        <dl className="figure">
          <dt>{texts.balance}</dt>
          <dd data-testid="balance" className={balance.length > FITS_LARGE ? 'long' : undefined}>
            {balance}
          </dd>
        </dl>
      )}
      <Usage userinfo={userinfo} />
      {!hasProfile && <p className="hint">{texts.notGrantedProfile}</p>}
      <dl className="facts">
        <Fact name={texts.username} value={username} testId="username" />
        <Fact name={texts.email} value={email} testId="email" />
        <Fact
          name={texts.memberSince}
          value={
            createdTime === undefined
              ? undefined
              : new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(createdTime * 1000)
          }
        />
        <Fact
          name={texts.status}
          value={
            status === undefined ? undefined : status === ACTIVE ? texts.statusActive : texts.statusInactive
          }
        />
      </dl>
    </>
  );
}

function Fact({ name, value, testId }: { name: string; value: string | undefined; testId?: string }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>{value}</dd>
    </div>
  );
}

/** How much of the quota is used: a meter, with numbers for those who can't see it. */
function Usage({ userinfo: { quota, used_quota: used } }: { userinfo: Userinfo }) {
  const texts = useStore($account);
  const locale = useStore($locale);
  if (quota === undefined || used === undefined || quota <= 0) return null;
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const numbers = texts.usageNumbers({
    used: number.format(used),
    quota: number.format(quota),
    share: share.format(used / quota),
  });
  return (
    <div className="usage" data-testid="usage">
      <meter aria-label={texts.usage} min={0} max={quota} value={Math.min(used, quota)}>
        {numbers}
      </meter>
      <span className="hint">{numbers}</span>
    </div>
  );
}
