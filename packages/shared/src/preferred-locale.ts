/**
 * The first of a browser's languages that an app has texts for, whatever its region or script: `ko-KR` is Korean, and
 * `zh-CN` and `zh-TW` are Chinese.
 *
 * @param languages as in `navigator.languages`
 * @param locales what the app has texts for, as language tags (RFC 5646), at most one for each primary subtag. The
 *   first one is the default
 * @example
 * preferredLocale(navigator.languages, ['en', 'zh-Hans']); // 'zh-Hans' for a browser that prefers zh-CN to en-US
 */
export function preferredLocale<Locale extends string>(
  languages: readonly string[],
  locales: readonly [Locale, ...Locale[]],
): Locale {
  for (const language of languages) {
    const locale = locales.find((known) => primarySubtag(known) === primarySubtag(language));
    if (locale) return locale;
  }
  return locales[0];
}

function primarySubtag(tag: string): string | undefined {
  return tag.toLowerCase().split('-')[0];
}
