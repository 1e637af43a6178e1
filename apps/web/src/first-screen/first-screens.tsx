import { createSignInClient } from '@oneclick/sign-in';
import { SignInProvider } from '@oneclick/sign-in/react';
import type { ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { App, Page } from '../app.tsx';
import { NotLoadedScreen } from '../screens/not-loaded-screen.tsx';
import { InAppBrowserContext } from '../screens/use-in-app-browser.ts';
import { loadLanguage, type Locale, LOCALES } from '../texts/language.ts';
import { LanguageContext } from '../texts/use-texts.ts';
import { APP_NAME, type FirstScreen } from './first-screen.ts';

/* The screens before React has loaded, as HTML. Runs in Node, while the app is built or served. */

const languages = await Promise.all(LOCALES.map((locale) => loadLanguage(locale)));
const client = createSignInClient();

const SCREENS: Record<FirstScreen, ReactElement> = {
  restoring: (
    <SignInProvider client={client}>
      <App />
    </SignInProvider>
  ),
  'signed-out': (
    <SignInProvider client={client} prerendered="signed-out">
      <App />
    </SignInProvider>
  ),
  'signed-out-in-app': (
    <SignInProvider client={client} prerendered="signed-out">
      <InAppBrowserContext value={APP_NAME}>
        <App />
      </InAppBrowserContext>
    </SignInProvider>
  ),
  'not-loaded': (
    <Page>
      <NotLoadedScreen />
    </Page>
  ),
};

/** Renders each screen in each language, with the components that React shows later. */
export function renderFirstScreens(): { screen: string; locale: Locale; html: string }[] {
  return languages.flatMap((language) =>
    Object.entries(SCREENS).map(([screen, element]) => ({
      screen,
      locale: language.locale,
      html: renderToString(<LanguageContext value={language}>{element}</LanguageContext>),
    })),
  );
}
