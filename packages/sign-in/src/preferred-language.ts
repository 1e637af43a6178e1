import { preferredLocale } from '@oneclick/shared/preferred-locale';

const KEY = 'oneclick:language';

/**
 * The language for a page: the one that the user has chosen on this site, else the first of the browser's languages that
 * the page has texts for. The pages of the sign-in window use it, too.
 *
 * @param locales what the page has texts for, as language tags, at most one for each primary subtag. The first one is
 *   the default
 * @example
 * document.documentElement.lang = preferredLanguage(['en', 'ko', 'zh-Hans']); // 'zh-Hans' in a browser that prefers zh-CN
 */
export function preferredLanguage<Locale extends string>(locales: readonly [Locale, ...Locale[]]): Locale {
  return preferredLocale([chosenLanguage() ?? '', ...navigator.languages], locales);
}

/**
 * Remembers the language that the user has chosen, for {@link preferredLanguage}. A browser that refuses storage forgets
 * it with the page.
 *
 * @example
 * select.addEventListener('change', () => rememberLanguage(select.value));
 */
export function rememberLanguage(locale: string): void {
  try {
    localStorage.setItem(KEY, locale);
  } catch {
    // The user may have blocked storage, or it is full.
  }
}

function chosenLanguage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
