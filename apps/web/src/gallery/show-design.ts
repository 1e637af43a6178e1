import accountCss from '../account/account.css?inline';
import appCss from '../design/app.css?inline';
import windowCss from '../design/window.css?inline';

// Adopted, so that a story can do without the other stylesheet, and so that the Content-Security-Policy allows them.
const DESIGNS = { app: [styleSheet(appCss), styleSheet(accountCss)], window: [styleSheet(windowCss)] };

/** Gives the page the design of the app or that of the sign-in window. */
export function showDesign(design: keyof typeof DESIGNS): void {
  document.adoptedStyleSheets = DESIGNS[design];
}

function styleSheet(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
