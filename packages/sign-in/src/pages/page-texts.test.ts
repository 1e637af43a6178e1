import { expect, test } from 'vitest';
import { PAGE_TEXTS } from './page-texts.ts';

test.each(['callback', 'opening'] as const)('the %s page has the same texts in every language', (page) => {
  expect(Object.keys(PAGE_TEXTS.ko[page])).toEqual(Object.keys(PAGE_TEXTS.en[page]));
});
