import { LOCALES } from '@oneclick/shared/languages';
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
  import.meta.glob(['./*.ts', '!./late-*.ts', '!./*.test.ts', '!./language.ts', '!./use-texts.ts'], {
    eager: true,
  }),
  './',
);
const late = textsInFiles<LateTexts>(import.meta.glob('./late-*.ts', { eager: true }), './late-');

const languages = LOCALES.map((locale): [string, Texts] => [
  locale,
  { ...first.get(locale.toLowerCase())!, ...late.get(locale.toLowerCase())! },
]);
const en = languages[0]![1];

/** Each text of a language by its path, for example `account.title`. */
function textsByPath(texts: object, path: readonly string[] = []): [string, unknown][] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? textsByPath(value, [...path, key])
      : [[[...path, key].join('.'), value] as [string, unknown]],
  );
}

const english = new Map(textsByPath(en));

function kinds(texts: Iterable<[string, unknown]>): string[] {
  return [...texts].map(([path, text]) => `${path}: ${typeof text}`).toSorted();
}

const screens = Object.values(
  import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true }),
).join('\n');

test('a screen uses each text', () => {
  const { errors: _, ...groups } = en;
  const names = Object.entries(groups).flatMap(([group, texts]) =>
    Object.keys(texts).map((key) => `${group}.${key}`),
  );
  expect(names.filter((name) => !new RegExp(String.raw`\b${name}\b`).test(screens))).toEqual([]);
});

test('there is a file of the first texts and one of the late texts for each language, and no other', () => {
  const names = LOCALES.map((locale) => locale.toLowerCase()).toSorted();
  expect([...first.keys()].toSorted()).toEqual(names);
  expect([...late.keys()].toSorted()).toEqual(names);
});

test.each(languages)('%s has each text, and none that English lacks', (_, texts) => {
  expect(kinds(textsByPath(texts))).toEqual(kinds(english));
});

test.each(languages)('no text in %s is empty', (_, texts) => {
  expect(textsByPath(texts).filter(([, text]) => typeof text === 'string' && text.trim() === '')).toEqual([]);
});

test.each(languages.filter(([name]) => name !== 'en'))(
  'no text in %s is a copy of the English',
  (_, texts) => {
    expect(textsByPath(texts).filter(([path, text]) => text === english.get(path))).toEqual([]);
  },
);

test.each(languages)('each text in %s shows all of its parameters', (_, texts) => {
  const { signedOut, account } = texts;
  expect(signedOut.inAppBrowser('KakaoTalk')).toContain('KakaoTalk');
  expect(account.usageNumbers({ used: '250', quota: '1,000', share: '25%' })).toMatch(
    /^(?=.*\b250\b)(?=.*\b1,000\b)(?=.*25%)/,
  );
  expect(account.changed({ before: '750.00', after: '760.00' })).toMatch(/750\.00.*760\.00/);
  expect(account.updatedAt('6:08 PM')).toContain('6:08 PM');
  expect(account.mayBeOutdated('20 seconds ago')).toContain('20 seconds ago');
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
