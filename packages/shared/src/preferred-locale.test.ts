import { expect, test } from 'vitest';
import { preferredLocale } from './preferred-locale.ts';

test.each([
  [['ko-KR', 'en-US'], 'ko'],
  [['fr', 'ko'], 'ko'],
  [['EN-gb'], 'en'],
  [['fr'], 'en'],
  [[], 'en'],
])('a browser that prefers %j reads %s', (languages, locale) => {
  expect(preferredLocale(languages, ['en', 'ko'])).toBe(locale);
});
