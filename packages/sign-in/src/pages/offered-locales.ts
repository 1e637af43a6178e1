import { type Locale, LOCALES } from '@oneclick/shared/languages';

/**
 * The languages of the pages of the sign-in window: those in `<html data-languages="ko en">`, by which a deployment offers
 * fewer of them, or else all. The first one is the default.
 */
export function offeredLocales(): [Locale, ...Locale[]] {
  const tags = document.documentElement.dataset['languages']?.split(' ') ?? LOCALES;
  const [first = LOCALES[0], ...others] = tags.flatMap((tag) => LOCALES.find((known) => known === tag) ?? []);
  return [first, ...others];
}
