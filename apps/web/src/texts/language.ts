import { type Locale, LOCALES } from '@oneclick/shared/languages';
import type { FirstTexts } from './en.ts';
import type { LateTexts } from './late-en.ts';

/** Each language is a script of its own, so that a user loads no texts of another one. */
const LOAD_FIRST_TEXTS: Record<Locale, () => Promise<FirstTexts>> = {
  en: async () => (await import('./en.ts')).en,
  ko: async () => (await import('./ko.ts')).ko,
  ja: async () => (await import('./ja.ts')).ja,
  'zh-Hans': async () => (await import('./zh-hans.ts')).zhHans,
};

/** The texts of the account and of the errors. A visitor who only looks at the sign-in button does not load them. */
const LOAD_LATE_TEXTS: Record<Locale, () => Promise<LateTexts>> = {
  en: async () => (await import('./late-en.ts')).lateEn,
  ko: async () => (await import('./late-ko.ts')).lateKo,
  ja: async () => (await import('./late-ja.ts')).lateJa,
  'zh-Hans': async () => (await import('./late-zh-hans.ts')).lateZhHans,
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

const lateTexts = new Map<Locale, LateTexts>();

export async function loadLateTexts(locale: Locale): Promise<void> {
  lateTexts.set(locale, await LOAD_LATE_TEXTS[locale]());
}

/** Undefined until they are loaded. */
export function lateTextsOf(locale: Locale): LateTexts | undefined {
  return lateTexts.get(locale);
}
