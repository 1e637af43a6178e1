import { createContext, use } from 'react';
import type { Texts } from './en.ts';
import type { Language, Locale } from './language.ts';

/** The language of the components below. */
export const LanguageContext = createContext<Language | undefined>(undefined);

/** For `Intl`, and for the `lang` of the page. */
export function useLocale(): Locale {
  return useLanguage().locale;
}

/** Destructure a group by its name (`const { account } = useTexts()`): by that name a test finds texts that no screen uses. */
export function useTexts(): Texts {
  return useLanguage().texts;
}

function useLanguage(): Language {
  const language = use(LanguageContext);
  if (!language) throw new Error('This component needs a <LanguageContext> above it.');
  return language;
}
