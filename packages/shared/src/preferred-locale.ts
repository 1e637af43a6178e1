/**
 * The first of a browser's languages that an app has texts for, whatever its region: `ko-KR` is Korean.
 *
 * @param languages as in `navigator.languages`
 * @param locales what the app has texts for, as primary language subtags (RFC 5646 §2.2.1); the first one is the default
 * @example
 * preferredLocale(navigator.languages, ['en', 'ko']); // 'ko' for a browser that prefers ko-KR to en-US
 */
export function preferredLocale<Locale extends string>(
  languages: readonly string[],
  locales: readonly [Locale, ...Locale[]],
): Locale {
  for (const language of languages) {
    const [subtag] = language.toLowerCase().split('-');
    const locale = locales.find((known) => known === subtag);
    if (locale) return locale;
  }
  return locales[0];
}
