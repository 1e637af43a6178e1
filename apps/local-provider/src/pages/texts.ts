import { type Locale, LOCALES } from '@oneclick/shared/languages';
import { preferredLocale } from '@oneclick/shared/preferred-locale';
import { en, type Texts } from './texts/en.ts';
import { ja } from './texts/ja.ts';
import { ko } from './texts/ko.ts';
import { zhHans } from './texts/zh-hans.ts';

export const TEXTS: Record<Locale, Texts> = { en, ko, ja, 'zh-Hans': zhHans };

/** @param languages the languages of a browser, the preferred one first */
export function textsFor(languages: readonly string[]): { locale: Locale; texts: Texts } {
  const locale = preferredLocale(languages, LOCALES);
  return { locale, texts: TEXTS[locale] };
}
