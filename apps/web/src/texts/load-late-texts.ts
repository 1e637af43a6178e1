import type { Locale } from '@oneclick/shared/languages';
import type { LateTexts } from './late-en.ts';

/** The texts of the account and of the errors. A visitor who only looks at the sign-in button does not load them. */
const LOAD_LATE_TEXTS: Record<Locale, () => Promise<LateTexts>> = {
  en: async () => (await import('./late-en.ts')).lateEn,
  ko: async () => (await import('./late-ko.ts')).lateKo,
  ja: async () => (await import('./late-ja.ts')).lateJa,
  'zh-Hans': async () => (await import('./late-zh-hans.ts')).lateZhHans,
};

const lateTexts = new Map<Locale, LateTexts>();

export async function loadLateTexts(locale: Locale): Promise<void> {
  lateTexts.set(locale, await LOAD_LATE_TEXTS[locale]());
}

/** Undefined until they are loaded. */
export function lateTextsOf(locale: Locale): LateTexts | undefined {
  return lateTexts.get(locale);
}
