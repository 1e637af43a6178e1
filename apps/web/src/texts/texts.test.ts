import { LOCALES } from '@oneclick/shared/languages';
import { deadTexts, textFaults } from '@oneclick/shared/test/text-faults.ts';
import { expect, test } from 'vitest';
import type { FirstTexts } from './en.ts';
import type { LateTexts } from './late-en.ts';

type Texts = FirstTexts & LateTexts;

/** The texts of the files with this prefix, by their language. Found by its file, so that no language is forgotten here. */
function textsInFiles<T>(modules: Record<string, Record<string, T>>, prefix: string): Map<string, T> {
  return new Map(
    Object.entries(modules).flatMap(([file, module]) =>
      Object.values(module).map((texts) => [file.slice(prefix.length, -'.ts'.length), texts]),
    ),
  );
}

const first = textsInFiles<FirstTexts>(
  import.meta.glob(
    ['./*.ts', '!./late-*.ts', '!./*.test.ts', '!./language.ts', '!./load-late-texts.ts', '!./use-texts.ts'],
    {
      eager: true,
    },
  ),
  './',
);
const late = textsInFiles<LateTexts>(import.meta.glob('./late-*.ts', { eager: true }), './late-');

const languages = LOCALES.map((locale): [string, Texts] => [
  locale,
  { ...first.get(locale.toLowerCase())!, ...late.get(locale.toLowerCase())! },
]);
const en = languages[0]![1];

const screens = Object.values(
  import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true }),
).join('\n');

test('a screen uses each text', () => {
  const { errors: _, ...groups } = en;
  expect(deadTexts(groups, screens)).toEqual([]);
});

test('there is a file of the first texts and one of the late texts for each language, and no other', () => {
  const names = LOCALES.map((locale) => locale.toLowerCase()).toSorted();
  expect([...first.keys()].toSorted()).toEqual(names);
  expect([...late.keys()].toSorted()).toEqual(names);
});

test('every language has each text, in its own words and with its parameters', () => {
  expect(textFaults(Object.fromEntries(languages))).toEqual([]);
});

test.each(languages)(
  'each error in %s has a sentence on what happened and one on the next step',
  (locale, texts) => {
    const sentences = new Intl.Segmenter(locale, { granularity: 'sentence' });
    const tooShort = Object.values(texts.errors).filter(
      (text) => Array.from(sentences.segment(text)).length < 2 || !/[.。]$/.test(text),
    );
    expect(tooShort).toEqual([]);
  },
);
