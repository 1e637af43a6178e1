import { preferredLocale } from '@oneclick/shared/preferred-locale';

/*
 * The page before React has loaded. `index.html` contains each screen that it can show then, as a `<template>` in each
 * language. The build renders them: first-screens.tsx.
 */

/** `signed-out-in-app`: in the built-in browser of another app. */
export type FirstScreen = 'restoring' | 'signed-out' | 'signed-out-in-app' | 'not-loaded';

/** The event of the root element when a script of the app could not be loaded. */
export const APP_NOT_LOADED = 'app-not-loaded';

/** Stands for the name of the other app in the template of `signed-out-in-app`. */
export const APP_NAME = '{app}';

/** Shows a screen in the language of the browser, and loads the scripts that it needs at once. */
export function showFirstScreen(root: HTMLElement, screen: FirstScreen, appName = ''): void {
  const templates = Array.from(
    document.querySelectorAll<HTMLTemplateElement>(`template[data-screen="${screen}"]`),
  );
  const [first, ...others] = templates.map(({ lang }) => lang);
  if (first === undefined) return;
  const locale = preferredLocale(navigator.languages, [first, ...others]);
  document.documentElement.lang = locale;
  const template = templates.find(({ lang }) => lang === locale)!;

  for (const href of template.dataset['preload']?.split(' ') ?? []) {
    // Not `modulepreload`: after it, V8 compiles functions anew that it has kept from the page before. `anonymous` is how
    // an import loads the script, too.
    const preload = { rel: 'preload', as: 'script', crossOrigin: 'anonymous', href };
    document.head.append(Object.assign(document.createElement('link'), preload));
  }
  root.textContent = '';
  // A copy of nodes: the Content-Security-Policy forbids HTML as text (Trusted Types).
  root.append(document.importNode(template.content, true));
  const hint = root.querySelector('.hint');
  if (hint) hint.textContent = hint.textContent.replace(APP_NAME, appName);
  root.dataset['screen'] = screen;
}
