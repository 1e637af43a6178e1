import type { Locale } from '@oneclick/shared/languages';
import { TEXT_SEPARATOR } from './first-screen.ts';

export interface FirstScreens {
  /** Each screen once. In place of each text it has the number of the text: `{7}`. */
  screens: { screen: string; html: string }[];
  /** The texts of the screens in each language, in the order of their numbers. */
  languages: { locale: Locale; texts: string[] }[];
}

/** The scripts that the page needs at once if a user may be signed in, as addresses. */
export interface Preloads {
  account: string[];
  language: (locale: Locale) => string[];
}

/** The HTML of the templates. Each screen is there once, because a screen in each language would be much longer. */
export function firstScreenTemplates({ screens, languages }: FirstScreens, preloads?: Preloads): string {
  return [
    ...screens.map(
      ({ screen, html }) =>
        `<template data-screen="${screen}"${preload(screen === 'restoring' ? preloads?.account : [])}>${html}</template>`,
    ),
    ...languages.map(({ locale, texts }) => {
      const text = texts.join(TEXT_SEPARATOR);
      if (text.split(TEXT_SEPARATOR).length > texts.length || /[<&]/.test(text)) {
        throw new Error(
          `A text of the first screens in "${locale}" contains one of the characters ${TEXT_SEPARATOR}<&.`,
        );
      }
      return `<template lang="${locale}"${preload(preloads?.language(locale))}>${text}</template>`;
    }),
  ].join('');
}

function preload(addresses: string[] = []): string {
  return addresses.length > 0 ? ` data-preload="${addresses.join(' ')}"` : '';
}
