import { LOCALES } from '@oneclick/shared/languages';
import { expect, onTestFinished, test } from 'vitest';
import { offeredLocales } from './offered-locales.ts';

test.each([
  { languages: undefined, offered: LOCALES },
  { languages: 'ko', offered: ['ko'] },
  { languages: 'zh-Hans en', offered: ['zh-Hans', 'en'] },
  { languages: 'en fr', offered: ['en'] },
  { languages: '', offered: ['en'] },
])('data-languages "$languages" offers $offered', ({ languages, offered }) => {
  const { dataset } = document.documentElement;
  onTestFinished(() => void delete dataset['languages']);
  if (languages !== undefined) dataset['languages'] = languages;
  expect(offeredLocales()).toEqual(offered);
});
