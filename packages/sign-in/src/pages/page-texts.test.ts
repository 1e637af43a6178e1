import { readFileSync } from 'node:fs';
import { textFaults } from '@oneclick/shared/test/text-faults.ts';
import { expect, test } from 'vitest';
import { CALLBACK_TEXTS, LATE_CALLBACK_TEXTS, OPENING_TEXTS } from './page-texts.ts';

const pages = [
  { name: 'callback page', languages: CALLBACK_TEXTS, script: 'callback-page.ts' },
  { name: 'callback page, late', languages: LATE_CALLBACK_TEXTS, script: 'callback-page.ts' },
  { name: 'opening page', languages: OPENING_TEXTS, script: 'opening-page.ts' },
];

test.each(pages)('$name: every language has each text, in its own words', ({ languages }) => {
  expect(textFaults(languages)).toEqual([]);
});

test.each(pages)('$name: the script shows each text', ({ languages, script }) => {
  const source = readFileSync(`${import.meta.dirname}/${script}`, 'utf8');
  const names = Object.keys(languages.en);
  expect(names.filter((name) => !new RegExp(String.raw`['.]${name}\b`).test(source))).toEqual([]);
});
