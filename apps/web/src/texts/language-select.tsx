import { LANGUAGE_NAMES, LOCALES } from '@oneclick/shared/languages';
import { use } from 'react';
import { configured } from '../configured.ts';
import { LanguageChoiceContext } from './language-provider.tsx';
import { useFirstTexts, useLocale } from './use-texts.ts';

/** Changes the language. On the first screen, before React has loaded, choose-first-screen.ts answers it. */
export function LanguageSelect() {
  const { app } = useFirstTexts();
  const locale = useLocale();
  const { pending, hasFailed, choose } = use(LanguageChoiceContext);
  const { languages } = configured();
  const offered = languages ? LOCALES.filter((tag) => languages.split(' ').includes(tag)) : LOCALES;
  return (
    <>
      {hasFailed && <p role="alert">{app.notLoaded}</p>}
      <label>
        <span className="visually-hidden">{app.language}</span>
        <select
          data-testid="language"
          translate="no"
          // Firefox would restore the value of an earlier page.
          autoComplete="off"
          value={pending ?? locale}
          onChange={({ target: { value } }) => {
            const chosen = offered.find((tag) => tag === value);
            if (chosen) choose(chosen);
          }}
        >
          {offered.map((tag) => (
            <option key={tag} value={tag} lang={tag}>
              {LANGUAGE_NAMES[tag]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
