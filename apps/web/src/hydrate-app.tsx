import type { Locale } from '@oneclick/shared/languages';
import type { SignInClient } from '@oneclick/sign-in';
import { SignInProvider } from '@oneclick/sign-in/react';
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { hydrateRoot } from 'react-dom/client';
import { loadAccount } from './account/late-account.tsx';
import { App } from './app.tsx';
import { LanguageProvider } from './texts/language-provider.tsx';
import type { Language } from './texts/language.ts';
import { loadLateTexts } from './texts/load-late-texts.ts';

/** Loads all that the account needs. If that fails, `LateAccount` shows the error. */
export async function loadAccountEarly(locale: Locale): Promise<void> {
  await Promise.all([loadAccount(), loadLateTexts(locale)]).catch(() => undefined);
}

/**
 * Lets React take over the first screen: it keeps the elements, with the focus and a pressed key, and then shows the
 * session as it is now. Returns after that.
 */
export function hydrateApp({
  root,
  client,
  language,
}: {
  root: HTMLElement;
  client: SignInClient;
  language: Language;
}): void {
  if (/\/oauth\/|[?&]debug/.test(location.href)) {
    void import('./diagnose.ts').then(({ diagnose }) => diagnose(client));
  }

  // Load the account as soon as the user is or may soon be signed in.
  const loadThisAccount = () => void loadAccountEarly(language.locale);
  function loadAccountUnlessSignedOut(): void {
    if (client.getSession().status !== 'signed-out') loadThisAccount();
  }
  client.subscribe(loadAccountUnlessSignedOut);
  loadAccountUnlessSignedOut();
  for (const type of ['pointerover', 'focusin']) root.addEventListener(type, loadThisAccount, { once: true });
  if (root.matches(':hover, :focus-within')) loadThisAccount();

  flushSync(() =>
    hydrateRoot(
      root,
      <StrictMode>
        <SignInProvider
          client={client}
          prerendered={root.dataset['screen'] === 'restoring' ? 'loading' : 'signed-out'}
        >
          <LanguageProvider language={language}>
            <App />
          </LanguageProvider>
        </SignInProvider>
      </StrictMode>,
    ),
  );
  // The first screen is over: choose-first-screen.ts leaves the control of the language to React.
  delete root.dataset['screen'];
}
