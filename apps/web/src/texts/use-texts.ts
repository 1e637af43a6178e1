import type { Locale } from '@oneclick/shared/languages';
import { createContext, use, useEffect, useState } from 'react';
import type { FirstTexts } from './en.ts';
import type { Language } from './language.ts';
import { lateTextsOf, loadLateTexts } from './load-late-texts.ts';
import type { LateTexts } from './late-en.ts';

/** The language of the components below. */
export const LanguageContext = createContext<Language | undefined>(undefined);

/** For `Intl`, and for the `lang` of the page. */
export function useLocale(): Locale {
  return useLanguage().locale;
}

/**
 * The texts of the first screens and of the sign-in. Destructure a group by its name
 * (`const { signedOut } = useFirstTexts()`): by that name a test finds texts that no screen uses.
 */
export function useFirstTexts(): FirstTexts {
  return useLanguage().texts;
}

/** All texts, for components that are shown once the late ones have loaded. Destructure as in {@link useFirstTexts}. */
export function useTexts(): FirstTexts & LateTexts {
  const { locale, texts } = useLanguage();
  const late = lateTextsOf(locale);
  if (!late)
    throw new Error('This component needs late texts. Show it after useLateTexts() has returned them.');
  return { ...texts, ...late };
}

/** Loads the texts of the account and of the errors, unless they are loaded already. */
export function useLateTexts(): { texts: LateTexts | undefined; hasFailed: boolean } {
  const locale = useLocale();
  const texts = lateTextsOf(locale);
  const [loading, setLoading] = useState<'pending' | 'done' | 'failed'>('pending');
  const isMissing = !texts;
  useEffect(() => {
    if (!isMissing) return;
    loadLateTexts(locale).then(
      () => setLoading('done'),
      () => setLoading('failed'),
    );
  }, [locale, isMissing]);
  return { texts, hasFailed: isMissing && loading === 'failed' };
}

function useLanguage(): Language {
  const language = use(LanguageContext);
  if (!language) throw new Error('This component needs a <LanguageContext> above it.');
  return language;
}
