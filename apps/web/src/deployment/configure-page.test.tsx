import { type Locale, LOCALES } from '@oneclick/shared/languages';
import { createFakeSignInClient } from '@oneclick/sign-in/testing';
import { act } from '@testing-library/react';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import indexHtml from '../../index.html?raw';
import { firstScreenLocales, showFirstScreen, translateFirstScreen } from '../first-screen/first-screen.ts';
import { firstScreenTemplates } from '../first-screen/first-screen-templates.ts';
import { renderFirstScreens } from '../first-screen/first-screens.tsx';
import { hydrateApp } from '../hydrate-app.tsx';
import { loadLanguage } from '../texts/language.ts';
import { configurePage } from './configure-page.ts';
import { parseDeploymentSettings } from './deployment-settings.ts';

/** A name that HTML, a template with numbers and a right-to-left text could break. */
const NAME = `Acme "<b>" & 'אבג' {1} $& 🎈`;

const WINDOW_PAGE =
  '<html lang="en"><head><title>AIHubMix</title><link rel="icon" href="data:," /><style>p {}</style></head>';

let index = '';
beforeAll(() => {
  const templates = firstScreenTemplates(renderFirstScreens());
  // As the build makes it, without the stylesheet and the script of the app.
  index = indexHtml
    .replace('<!-- first screen -->', () => templates)
    .replaceAll(/<(?:link|script) [^>]*\/src\/.*/g, '');
});

function configured(html: string, environment: NodeJS.ProcessEnv): string {
  return configurePage(html, parseDeploymentSettings(environment));
}

/** Opens a page as a browser does, without its scripts. */
function open(html: string): Document {
  return new DOMParser().parseFromString(html, 'text/html');
}

test('without settings the pages stay as they are', () => {
  for (const page of [index, WINDOW_PAGE]) expect(configured(page, {})).toBe(page);
});

test('the name is the title of each page, also of the sign-in window', () => {
  for (const page of [index, WINDOW_PAGE]) {
    expect(open(configured(page, { BRAND_NAME: NAME })).title).toBe(NAME);
  }
});

test('without JavaScript the page shows the name', () => {
  const [, noscript = ''] =
    /<noscript>(.*?)<\/noscript>/s.exec(configured(index, { BRAND_NAME: NAME })) ?? [];
  expect(open(noscript).body.textContent).toBe(`${NAME}Please turn on JavaScript to sign in.`);
});

test.each(['AIHubMix', 'One-click sign-in with AIHubMix'])(
  'the name "%s", which a page of the build has as its title, is accepted',
  (name) => {
    for (const page of [index, WINDOW_PAGE]) {
      expect(open(configured(page, { BRAND_NAME: name })).title).toBe(name);
    }
  },
);

test('all languages in the order of the build leave the texts of the page as they are', () => {
  const html = configured(index, { LANGUAGES: LOCALES.join(',') });
  expect(html.replace(` data-languages="${LOCALES.join(' ')}"`, '')).toBe(index);
});

test('a page without the place for a setting is refused', () => {
  expect(() => configured('<html lang="ko"><head></head>', { BRAND_NAME: 'Acme' })).toThrow('no place');
  expect(() => configured('<html lang="ko"><head></head>', { LANGUAGES: 'en' })).toThrow('no place');
});

test('the accent colour of each theme is in each page, with black or white for the text on it', () => {
  for (const page of [index, WINDOW_PAGE]) {
    const html = configured(page, { BRAND_ACCENT: '#b4400f', BRAND_ACCENT_DARK: '#ff9d66' });
    expect(html).toContain(
      '<style>:root{--color-accent:#b4400f;--color-on-accent:#fff}[data-theme=dark]{--color-accent:#ff9d66;--color-on-accent:#000}</style></head>',
    );
  }
});

test('the links are there in each language, and the language of the page chooses one', () => {
  const html = configured(index, {
    BRAND_TERMS_URL: 'https://acme.example/{language}/terms?a=1&b="<"',
    BRAND_HELP_URL: 'mailto:help@acme.example',
  });
  const page = open(html);
  const links = Array.from(page.querySelectorAll('nav a'), (link) => [
    link.getAttribute('lang'),
    link.getAttribute('href'),
  ]);
  expect(links).toEqual(
    LOCALES.flatMap((locale) => [
      [locale, `https://acme.example/${locale}/terms?a=1&b="<"`],
      [locale, 'mailto:help@acme.example'],
    ]),
  );
  for (const locale of LOCALES) {
    expect(html).toContain(`:root:lang(${locale}) .brand-links :not(:lang(${locale})){display:none}`);
  }
  expect(configured(WINDOW_PAGE, { BRAND_HELP_URL: 'https://acme.example' })).toBe(WINDOW_PAGE);
});

test('a small logo is in the pages of the window, and a large one is a file', () => {
  const logo = '<svg id="é"/>';
  const settings = parseDeploymentSettings({});
  expect(configurePage(WINDOW_PAGE, { ...settings, logo })).toContain(
    'href="data:image/svg+xml,%3Csvg%20id%3D%22%C3%A9%22%2F%3E"',
  );
  const large = `<svg>${' '.repeat(1_000)}</svg>`;
  expect(configurePage(WINDOW_PAGE, { ...settings, logo: large })).toContain('href="/favicon.svg"');
});

test('the sign-in window offers the languages of the deployment', () => {
  expect(configured(WINDOW_PAGE, { LANGUAGES: 'ja,en' })).toContain('<html lang="ja" data-languages="ja en"');
});

let root: HTMLElement;
const text = (selector: string) => root.querySelector(selector)?.textContent;

const shown = () => ({
  name: text('.brand span'),
  title: document.title,
  languages: text('[data-testid="language"]'),
});

/** Shows the first screen of the configured page. */
function openApp(environment: NodeJS.ProcessEnv, locale: Locale): void {
  const page = open(configured(index, environment));
  for (const { name, value } of page.documentElement.attributes) {
    document.documentElement.setAttribute(name, value);
  }
  document.body.innerHTML = page.body.innerHTML;
  root = document.querySelector('#root')!;
  showFirstScreen(root, 'signed-out', locale);
}

beforeEach(() => {
  for (const { name } of Array.from(document.documentElement.attributes)) {
    document.documentElement.removeAttribute(name);
  }
});

test('React keeps the name and the offered languages, also when the user changes the language', async () => {
  const reported = vi.spyOn(console, 'error');
  openApp({ BRAND_NAME: NAME, LANGUAGES: 'ko,en' }, 'ko');
  expect(firstScreenLocales()).toEqual(['ko', 'en']);
  translateFirstScreen(root, 'en');
  translateFirstScreen(root, 'ko');
  const before = Array.from(root.querySelectorAll('*'));
  const expected = { name: NAME, title: NAME, languages: 'English한국어' };
  expect(shown()).toEqual(expected);

  const language = await loadLanguage('ko');
  await act(async () => hydrateApp({ root, client: createFakeSignInClient(), language }));
  expect(Array.from(root.querySelectorAll('*'))).toEqual(before);
  expect(shown()).toEqual(expected);

  const select = root.querySelector<HTMLSelectElement>('[data-testid="language"]')!;
  await act(async () => {
    select.value = 'en';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'));
  expect(shown()).toEqual(expected);
  expect(reported).not.toHaveBeenCalled();
});
