import { expect, test } from 'vitest';
import { readQuota } from './quota-state.ts';

test.each([
  { used: 0, balance: '1000.00', level: 'enough', usedPercent: 0 },
  { used: 250_000, balance: '750.00', level: 'enough', usedPercent: 25 },
  { used: 900_000, balance: '100.00', level: 'enough', usedPercent: 90 },
  { used: 900_001, balance: '99.99', level: 'low', usedPercent: 90 },
  { used: 999_999, balance: '0.01', level: 'low', usedPercent: 99 },
  { used: 999_999, balance: '¥ 0,00', level: 'used-up', usedPercent: 99 },
  { used: 1_000_000, balance: '0.00', level: 'used-up', usedPercent: 100 },
  { used: 1_000_000, balance: undefined, level: 'used-up', usedPercent: 100 },
  { used: 1_000_001, balance: '-0.00', level: 'used-up', usedPercent: 100 },
  { used: 1_200_000, balance: '-200.00', level: 'in-debt', usedPercent: 120 },
  { used: 1_200_000, balance: '$ \u2212200.00', level: 'in-debt', usedPercent: 120 },
  { used: 290_000, balance: '710.00', level: 'enough', usedPercent: 29 },
])(
  'of a quota of 1,000,000, $used used and a balance of $balance are "$level"',
  ({ used, balance, ...state }) => {
    expect(
      readQuota({
        quota: 1_000_000,
        used_quota: used,
        ...(balance !== undefined && { balance_formatted: balance }),
      }),
    ).toEqual({ quota: 1_000_000, used, ...state });
  },
);

test.each([
  ['what is left in place of the quota', { quota: 100, used_quota: 250, balance_formatted: '0.10' }, {}],
  ['a minus that is no sign', { quota: 100, used_quota: 250, balance_formatted: '10-20' }, {}],
  ['a debt in place of the quota', { quota: -5, used_quota: 250, balance_formatted: '-0.01' }, 'in-debt'],
  ['nothing left in place of the quota', { quota: 0, used_quota: 250, balance_formatted: '$0' }, 'used-up'],
  ['no balance and no quota', {}, {}],
  ['a quota alone', { quota: 100 }, {}],
  ['a negative use', { quota: 100, used_quota: -5, balance_formatted: '1.05' }, {}],
])('with %s, no used share is returned', (_, user, level) => {
  expect(readQuota(user)).toEqual(typeof level === 'string' ? { level } : {});
});

test.each([
  [
    { quota: -1, used_quota: 250, balance_formatted: '750.00' },
    { level: 'unlimited', used: 250 },
  ],
  [{ quota: -1, balance_formatted: '∞' }, { level: 'unlimited' }],
  [{ quota: -1 }, { level: 'unlimited' }],
  // One unit of debt, on a gateway that writes what is left into `quota`.
  [{ quota: -1, used_quota: 250, balance_formatted: '-0.01' }, { level: 'in-debt' }],
  [{ quota: -1, used_quota: 250, balance_formatted: '0.00' }, { level: 'used-up' }],
])('a quota of -1 means no limit, unless the balance contradicts: %o', (user, state) => {
  expect(readQuota(user)).toEqual(state);
});
