/*
 * The page before React has loaded. `index.html` contains each screen that it can show then as a `<template>`, and the
 * texts of each language as another one: a screen has the numbers of its texts. The build makes them:
 * first-screens.tsx.
 */

export type FirstScreen = 'restoring' | 'signed-out' | 'not-loaded';

/** The event of the root element when a script of the app could not be loaded. */
export const APP_NOT_LOADED = 'app-not-loaded';

/** Stands between two texts of a language. */
export const TEXT_SEPARATOR = '|';

/** Stands for a text on a screen, by its number. It is the first node of its element. */
const TEXT_NUMBER = /^\{(\d+)\}$/;

/** The number of the title of the page. */
const TITLE_NUMBER = 0;

/** The control that changes the language. */
export const LANGUAGE_SELECT = '[data-testid="language"]';

/** The numbers of the texts on the screen, by their nodes. */
let shownTexts = new Map<ChildNode, number>();

function languageTemplates(): HTMLTemplateElement[] {
  return Array.from(document.querySelectorAll<HTMLTemplateElement>('template[lang]'));
}

/** The languages of the first screens, as language tags. */
export function firstScreenLocales(): [string, ...string[]] {
  const [first = '', ...others] = languageTemplates().map(({ lang }) => lang);
  return [first, ...others];
}

/** Shows a screen, and loads the scripts that it needs at once. */
export function showFirstScreen(root: HTMLElement, screen: FirstScreen, locale: string): void {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-screen="${screen}"]`)!;
  // A copy of nodes: the Content-Security-Policy forbids HTML as text (Trusted Types).
  const content = document.importNode(template.content, true);
  shownTexts = new Map();
  for (const { firstChild } of content.querySelectorAll('*')) {
    const [, number] = TEXT_NUMBER.exec(firstChild?.nodeValue ?? '') ?? [];
    if (firstChild && number !== undefined) shownTexts.set(firstChild, Number(number));
  }
  root.textContent = '';
  root.append(content);
  root.dataset['screen'] = screen;
  translateFirstScreen(root, locale);
  if (template.dataset['preload']) {
    preload(template);
    preload(languageTemplates().find(({ lang }) => lang === locale));
  }
}

/** Changes the language of the screen. Its elements stay, with the focus. */
export function translateFirstScreen(root: HTMLElement, locale: string): void {
  const template = languageTemplates().find(({ lang }) => lang === locale);
  const texts = template?.content.textContent.split(TEXT_SEPARATOR) ?? [];
  document.title = texts[TITLE_NUMBER] ?? '';
  document.documentElement.lang = locale;
  root.dataset['locale'] = locale;
  for (const [text, number] of shownTexts) text.nodeValue = texts[number] ?? '';
  const select = root.querySelector<HTMLSelectElement>(LANGUAGE_SELECT);
  if (select) select.value = locale;
}

function preload(template: HTMLTemplateElement | undefined): void {
  for (const href of template?.dataset['preload']?.split(' ') ?? []) {
    // Not `modulepreload`: after it, V8 compiles functions anew that it has kept from the page before. `anonymous` is how
    // an import loads the script, too.
    const attributes = { rel: 'preload', as: 'script', crossOrigin: 'anonymous', href };
    document.head.append(Object.assign(document.createElement('link'), attributes));
  }
}
