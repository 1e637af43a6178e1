import { type Locale, LOCALES } from '@oneclick/shared/languages';
import type { FirstTexts } from './en.ts';

/** Each language is a script of its own, so that a user loads no texts of another one. */
const LOAD_FIRST_TEXTS: Record<Locale, () => Promise<FirstTexts>> = {
  en: async () => (await import('./en.ts')).en,
  ko: async () => (await import('./ko.ts')).ko,
  ja: async () => (await import('./ja.ts')).ja,
  'zh-Hans': async () => (await import('./zh-hans.ts')).zhHans,
};

export interface Language {
  locale: Locale;
  texts: FirstTexts;
}

/** @param lang a language tag. The default language if the app does not have it */
export async function loadLanguage(lang: string | undefined): Promise<Language> {
  const locale = LOCALES.find((known) => known === lang) ?? LOCALES[0];
  return { locale, texts: await LOAD_FIRST_TEXTS[locale]() };
}
