import { preferredLocale } from '@oneclick/shared/preferred-locale';
import { createContext, use } from 'react';
import { en, type Texts } from './en.ts';
import { ko } from './ko.ts';

const TEXTS = { en, ko };

export type Locale = keyof typeof TEXTS;

/** The language of the app: the browser's, unless a `<LocaleContext>` above names another one. */
export const LocaleContext = createContext<Locale>(preferredLocale(navigator.languages, ['en', 'ko']));

/** For `Intl`, and for the `lang` of the page. */
export function useLocale(): Locale {
  return use(LocaleContext);
}

/** Destructure a group by its name (`const { account } = useTexts()`): by that name a test finds texts that no screen uses. */
export function useTexts(): Texts {
  return TEXTS[useLocale()];
}
