import type { Locale } from '@oneclick/shared/languages';
import { rememberLanguage } from '@oneclick/sign-in';
import { createContext, type ReactNode, useRef, useState } from 'react';
import { type Language, loadLanguage } from './language.ts';
import { loadLateTexts } from './load-late-texts.ts';
import { LanguageContext } from './use-texts.ts';

export interface LanguageChoice {
  /** The language that the user has chosen, while its texts are still loading. */
  pending?: Locale | undefined;
  /** Whether the texts of the language that the user has chosen last could not be loaded. */
  hasFailed: boolean;
  choose: (locale: Locale) => void;
}

export const LanguageChoiceContext = createContext<LanguageChoice>({
  hasFailed: false,
  choose: () => undefined,
});

/** The language of the components below. The user may change it: the elements stay, with the focus, and get other texts. */
export function LanguageProvider({ language: first, children }: { language: Language; children: ReactNode }) {
  const [language, setLanguage] = useState(first);
  const [pending, setPending] = useState<Locale>();
  const [hasFailed, setHasFailed] = useState(false);
  const newest = useRef(first.locale);

  async function load(locale: Locale): Promise<void> {
    newest.current = locale;
    rememberLanguage(locale);
    setPending(locale);
    // All texts at once: whatever the screen shows changes in one step.
    const loaded = await Promise.all([loadLanguage(locale), loadLateTexts(locale)]).catch(() => undefined);
    if (newest.current !== locale) return;
    setPending(undefined);
    setHasFailed(!loaded);
    if (loaded) setLanguage(loaded[0]);
  }

  return (
    <LanguageContext value={language}>
      <LanguageChoiceContext value={{ pending, hasFailed, choose: (locale) => void load(locale) }}>
        {children}
      </LanguageChoiceContext>
    </LanguageContext>
  );
}
