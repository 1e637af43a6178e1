import { readdirSync, readFileSync } from 'node:fs';
import { LOCALES } from '@oneclick/shared/languages';
import { textFaults } from '@oneclick/shared/test/text-faults.ts';
import { expect, test } from 'vitest';
import type { ErrorPageReason } from './pages.ts';
import { TEXTS, textsFor } from './texts.ts';

test('every language has each text, in its own words and with its parameters', () => {
  expect(textFaults(TEXTS)).toEqual([]);
});

test('there is a file for each language, and no other', () => {
  expect(readdirSync(new URL('texts', import.meta.url)).toSorted()).toEqual(
    LOCALES.map((locale) => `${locale.toLowerCase()}.ts`).toSorted(),
  );
});

test('a page shows each text', () => {
  const source = readFileSync(new URL('pages.ts', import.meta.url), 'utf8');
  const reasons: Record<ErrorPageReason, true> = {
    unknownClient: true,
    foreignRedirectUri: true,
    expired: true,
    ticketExpired: true,
    notFound: true,
    badRequest: true,
    foreignForm: true,
    fault: true,
  };
  // The page of an error has two texts, which it finds by the reason.
  const found = new Set(Object.keys(reasons).flatMap((reason) => [reason, `${reason}Next`]));
  const dead = Object.keys(TEXTS.en).filter(
    (name) => !found.has(name) && !new RegExp(String.raw`\b(?:t|texts)\.${name}\b`).test(source),
  );
  expect(dead).toEqual([]);
});

test.each([
  [['ko-KR', 'en-US'], 'ko'],
  [['ja'], 'ja'],
  [['zh-CN', 'en'], 'zh-Hans'],
  [['fr', 'de'], 'en'],
  [['*'], 'en'],
  [[], 'en'],
])('a browser with the languages %j gets pages in %s', (languages, locale) => {
  expect(textsFor(languages).locale).toBe(locale);
});
