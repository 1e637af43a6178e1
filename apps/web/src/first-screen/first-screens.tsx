import { LOCALES } from '@oneclick/shared/languages';
import { createSignInClient } from '@oneclick/sign-in';
import { SignInProvider } from '@oneclick/sign-in/react';
import type { ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { App, Page } from '../app.tsx';
import { NotLoadedScreen } from '../screens/not-loaded-screen.tsx';
import type { FirstTexts } from '../texts/en.ts';
import { loadLanguage } from '../texts/language.ts';
import { LanguageContext } from '../texts/use-texts.ts';
import type { FirstScreen } from './first-screen.ts';
import type { FirstScreens } from './first-screen-templates.ts';

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
  'not-loaded': (
    <Page>
      <NotLoadedScreen />
    </Page>
  ),
};

/** Renders each screen, with the components that React shows later and a number in place of each text. */
export function renderFirstScreens(): FirstScreens {
  // The title of the page has the number 0.
  const paths = ['app.title'];
  const [first] = languages;
  const placeholders = first && { ...first, texts: placeholdersOf(first.texts) };
  const screens = Object.entries(SCREENS).map(([screen, element]) => {
    const html = renderToString(<LanguageContext value={placeholders}>{element}</LanguageContext>);
    if (/"[^"<>]*\{\w+\.\w+\}/.test(html))
      throw new Error(`The screen "${screen}" has a text in an attribute.`);
    const numbered = html.replaceAll(/\{(\w+\.\w+)\}/g, (_, path: string) => {
      if (!paths.includes(path)) paths.push(path);
      return `{${paths.indexOf(path)}}`;
    });
    return { screen, html: numbered };
  });
  return {
    screens,
    languages: languages.map(({ locale, texts }) => ({
      locale,
      texts: paths.map((path) => textAt(texts, path)),
    })),
  };
}

/** Texts that are their own paths: `{signedOut.title}`. */
function placeholdersOf(texts: FirstTexts): FirstTexts {
  const groups = Object.entries(texts).map(([group, named]) => [
    group,
    Object.fromEntries(Object.keys(named).map((key) => [key, `{${group}.${key}}`])),
  ]);
  return Object.fromEntries(groups);
}

function textAt(texts: FirstTexts, path: string): string {
  const text: unknown = path.split('.').reduce<object>((part, key) => Reflect.get(part, key), texts);
  return String(text);
}
