/**
 * The languages of all screens (the app, the pages of the sign-in window, the local provider), as language tags
 * (RFC 5646). The first one is the default. Another one that is added here does not compile until each has its texts.
 */
// Chinese with its script: browsers choose the shapes of the characters by it.
export const LOCALES = ['en', 'ko', 'ja', 'zh-Hans'] as const;

/** @example 'ko' */
export type Locale = (typeof LOCALES)[number];

/** Each language by its own name. */
export const LANGUAGE_NAMES: Record<Locale, string> = {
  en: 'English',
  ko: '한국어',
  ja: '日本語',
  'zh-Hans': '简体中文',
};
