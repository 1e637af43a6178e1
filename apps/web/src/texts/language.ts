import type { Texts } from './en.ts';

/** The languages that the app has. The first one is the default. */
export const LOCALES = ['en', 'ko'] as const;

export type Locale = (typeof LOCALES)[number];

/** Each language is a script of its own, so that a user loads no texts of another one. */
const LOAD_TEXTS: Record<Locale, () => Promise<Texts>> = {
  en: async () => (await import('./en.ts')).en,
  ko: async () => (await import('./ko.ts')).ko,
};

export interface Language {
  locale: Locale;
  texts: Texts;
}

/** @param lang the `lang` of the page. The default language if the app does not have it */
export async function loadLanguage(lang: string): Promise<Language> {
  const locale = LOCALES.find((known) => known === lang) ?? LOCALES[0];
  return { locale, texts: await LOAD_TEXTS[locale]() };
}
