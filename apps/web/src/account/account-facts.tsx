import type { Userinfo } from '@oneclick/sign-in';
import { useLocale, useTexts } from '../texts/use-texts.ts';
import { readQuota } from './quota-state.ts';

const ACTIVE = 1;

/** The account as the provider returns it, without the balance. A scope that was not granted is named. */
export function AccountFacts({ user }: { user: Userinfo }) {
  const { account } = useTexts();
  const locale = useLocale();
  const { username, email, created_time: createdTime, status = ACTIVE } = user;
  const hasProfile = username !== undefined || email !== undefined;
  return (
    <>
      {status !== ACTIVE && <p className="notice">{account.inactiveMeans}</p>}
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
            user.status === undefined
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
  /** `no` for names and addresses, which a browser must not translate. */
  translate?: 'no';
}) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId} translate={translate} dir="auto">
        {value}
      </dd>
    </div>
  );
}

/** The used part of the quota: as a meter, and in numbers for users who can't see the meter. */
function Usage({ user }: { user: Userinfo }) {
  const { level, used, quota, usedPercent = 0 } = readQuota(user);
  const { account } = useTexts();
  const locale = useLocale();
  if (used === undefined) return null;
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  const numbers =
    quota === undefined
      ? account.usedSoFar(number.format(used))
      : account.usageNumbers({
          used: number.format(used),
          quota: number.format(quota),
          share: share.format(usedPercent / 100),
        });
  return (
    <div className="usage" data-testid="usage" data-level={level}>
      {quota !== undefined && (
        <meter aria-label={account.usage} min={0} max={quota} value={Math.min(used, quota)}>
          {numbers}
        </meter>
      )}
      <span className="hint">{numbers}</span>
    </div>
  );
}
