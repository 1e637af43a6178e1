import { callbackHtml, openingHtml } from '@oneclick/sign-in/test/internals-for-stories.ts';

/** The pages of the sign-in window. */
export type WindowPage = 'callback' | 'opening';

// Parsed early: later, the Content-Security-Policy forbids HTML as text (Trusted Types).
const MAIN: Record<WindowPage, HTMLElement> = {
  callback: mainOf(callbackHtml),
  opening: mainOf(openingHtml),
};

/** What the page shows before its script runs. */
export function copyWindowPage(page: WindowPage): Node {
  return document.importNode(MAIN[page], true);
}

function mainOf(html: string): HTMLElement {
  const main = new DOMParser().parseFromString(html, 'text/html').querySelector('main')!;
  // The parser runs no scripts, so it reads the content of this element as part of the page.
  main.querySelector('noscript')?.remove();
  return main;
}
