import { ERRORS } from '@oneclick/shared/errors';
import { PAGE_TEXTS } from '@oneclick/sign-in/src/pages/page-texts.ts';
import { expect, test } from 'vitest';
import en from './app/en.json';
import ko from './app/ko.json';
import { recordFrom } from '@oneclick/sign-in/src/api/record.ts';
import { preferredLocale } from '@oneclick/sign-in/src/pages/preferred-locale.ts';

const keysOf = (texts: Record<string, unknown>): string[] =>
  Object.entries(texts).flatMap(([key, value]) => [key, ...keysOf(recordFrom(value))]);
const placeholdersOf = (texts: object) =>
  JSON.stringify(texts)
    .match(/\{\w+\}/g)
    ?.toSorted();

test('every language says everything, with the same parameters', () => {
  expect(keysOf(ko)).toEqual(keysOf(en));
  expect(keysOf(PAGE_TEXTS.ko)).toEqual(keysOf(PAGE_TEXTS.en));
  expect(placeholdersOf(ko)).toEqual(placeholdersOf(en));
});

test('what a person can meet has a sentence of its own', () => {
  // Answers to requests that this app does not make: the general sentence with the code is right for them.
  const ourOwnFault = [
    'invalid_request',
    'csrf_header_missing',
    'not_found',
    'method_not_allowed',
    'payload_too_large',
    'unsupported_media_type',
    'internal_error',
  ];
  const withSentence = Object.keys(en.notice);
  expect(Object.keys(ERRORS).filter((code) => !withSentence.includes(code))).toEqual(ourOwnFault);
});

test.each([
  [['ko-KR', 'en-US'], 'ko'],
  [['fr', 'ko'], 'ko'],
  [['EN-gb'], 'en'],
  [['fr'], 'en'],
  [[], 'en'],
])('a browser that prefers %j reads %s', (languages, locale) => {
  expect(preferredLocale(languages)).toBe(locale);
});
