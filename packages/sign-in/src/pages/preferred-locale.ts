const LOCALES = ['en', 'ko'] as const;
export type Locale = (typeof LOCALES)[number];

/** The first of the browser's languages that we have, whatever its region: `ko-KR` is Korean. Else English. */
export function preferredLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    const locale = LOCALES.find((known) => known === language.toLowerCase().split('-')[0]);
    if (locale) return locale;
  }
  return 'en';
}
