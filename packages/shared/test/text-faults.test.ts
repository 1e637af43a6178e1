import { expect, test } from 'vitest';
import { deadTexts, textFaults } from './text-faults.ts';

const en = {
  title: 'Account',
  balance: { label: 'Balance', changed: ({ from, to }: { from: string; to: string }) => `${from} to ${to}` },
};

test('texts that every language has, in its own words and with their parameters, have no fault', () => {
  const ko = {
    title: '계정',
    balance: { label: '잔액', changed: ({ from, to }: { from: string; to: string }) => `${from}에서 ${to}` },
  };
  expect(textFaults({ en, ko })).toEqual([]);
});

test('each fault is named with its language and its path', () => {
  const ko = {
    title: 'Account',
    balance: { label: ' ', changed: ({ from }: { from: string }) => from },
    extra: '여분',
  };
  expect(textFaults({ en, ko, ja: { title: '口座' } })).toEqual([
    'ko: title is a copy',
    'ko: balance.label is empty',
    'ko: balance.changed does not show to',
    'ko: extra is unknown',
    'ja: balance.label is missing',
    'ja: balance.changed is missing',
  ]);
});

test('a text that no source names is dead', () => {
  expect(deadTexts(en, 'account.title + account.balance.changed + account.balance.labels')).toEqual([
    'balance.label',
  ]);
});
