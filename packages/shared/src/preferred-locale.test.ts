import { expect, test } from 'vitest';
import { preferredLocale } from './preferred-locale.ts';

test.each([
  [['ko-KR', 'en-US'], 'ko'],
  [['fr', 'ko'], 'ko'],
  [['EN-gb'], 'en'],
  [['fr'], 'en'],
  [['zh-CN'], 'zh-Hans'],
  [['zh-TW', 'en'], 'zh-Hans'],
  [[''], 'en'],
  [[], 'en'],
])('a browser that prefers %j reads %s', (languages, locale) => {
  expect(preferredLocale(languages, ['en', 'ko', 'zh-Hans'])).toBe(locale);
});
