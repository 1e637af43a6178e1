import type { Userinfo } from '@oneclick/sign-in';

/** How much the user has left. `unlimited`: the provider sets no limit for the account. */
type BalanceLevel = 'unlimited' | 'enough' | 'low' | 'used-up' | 'in-debt';

/** The quota of an account, as far as userinfo shows it. */
export interface QuotaState {
  /** Undefined if userinfo does not show it. */
  level?: BalanceLevel;
  /** In the provider's units. */
  used?: number;
  /** Greater than 0, in the same units. Left out if there is none, or if it can't be the one that `used` is a part of. */
  quota?: number;
  /** The used part of the quota in whole percent, rounded down. 120 if more than the quota was used. */
  usedPercent?: number;
}

/** Gateways of this family write -1 for "never". */
const NO_LIMIT = -1;
const LOW_PERCENT = 10;

/** A sign in front of the first digit, with or without the currency: `-5.00`, `¥ −5.00`. */
const NEGATIVE = /^\D*[-−]/;
/** No digit but 0: `0.00`, `¥ 0`, `-0,00 €`. */
const ZERO = /^\D*0[\d.,]*\D*$/;
const OTHER_DIGIT = /[1-9]/;

/**
 * Reads the quota of an account. Some gateways write what is left into `quota`. So the balance, which the provider has
 * formatted, decides. A quota below what was used counts only if the account is in debt.
 *
 * @example
 * readQuota({ quota: 1_000_000, used_quota: 950_000, balance_formatted: '50.00' });
 * // { level: 'low', used: 950_000, quota: 1_000_000, usedPercent: 95 }
 */
export function readQuota({
  quota,
  used_quota: used,
  balance_formatted: balance = '',
}: Userinfo): QuotaState {
  const isZero = ZERO.test(balance) && !OTHER_DIGIT.test(balance);
  const isInDebt = NEGATIVE.test(balance) && !isZero;
  if (quota === NO_LIMIT && !isInDebt && !isZero)
    return { level: 'unlimited', ...(used !== undefined && { used }) };

  const isPartOfQuota =
    quota !== undefined &&
    used !== undefined &&
    quota > 0 &&
    used >= 0 &&
    (used <= quota || NEGATIVE.test(balance));
  const numbers = isPartOfQuota ? { used, quota, usedPercent: Math.floor((used * 100) / quota) } : {};
  if (isInDebt) return { level: 'in-debt', ...numbers };
  if (isZero || (isPartOfQuota && used >= quota)) return { level: 'used-up', ...numbers };
  if (!isPartOfQuota) return {};
  return { level: (quota - used) * 100 < quota * LOW_PERCENT ? 'low' : 'enough', ...numbers };
}
