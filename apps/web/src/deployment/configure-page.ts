import { type Locale, LOCALES } from '@oneclick/shared/languages';
import { TEXT_SEPARATOR } from '../first-screen/first-screen.ts';
import { contrast } from '../design/contrast.ts';
import brandCss from './brand.css?inline';
import { BRAND_LINK_TEXTS } from './brand-link-texts.ts';
import type { Colour, DeploymentSettings } from './deployment-settings.ts';

/** The browser asks for a longer icon as a file. */
const MAX_INLINE_ICON_LENGTH = 1_000;

/**
 * Writes the settings of a deployment into a page of the build: into `index.html`, or into a page of the sign-in window,
 * which shows the title, the icon and the accent colour.
 *
 * @throws {Error} if the page has no place for a setting
 */
export function configurePage(html: string, settings: DeploymentSettings): string {
  const { name, logo, accents, languages = LOCALES, links } = settings;
  const isApp = html.includes('<div id="root">');
  let page = html;
  let css = accentCss(':root', accents.light) + accentCss('[data-theme=dark]', accents.dark);
  if (settings.languages) page = offerLanguages(page, { languages, isApp });
  if (name !== undefined) page = showName(page, { name: escapeHtml(name), isApp });
  if (logo !== undefined && !isApp) page = replaceIn(page, /(?<=rel="icon" href=")[^"]*/, iconAddress(logo));
  if (isApp && (links.terms ?? links.help) !== undefined) {
    css += brandCss.trim() + languages.map(hideOtherLanguages).join('');
    page = replaceIn(page, /<\/body>/, `${linksHtml(links, languages)}</body>`);
  }
  return css ? replaceIn(page, /<\/head>/, `<style>${css}</style></head>`) : page;
}

/** Leaves out the other languages: their texts, and their options in the control. */
function offerLanguages(
  html: string,
  { languages, isApp }: { languages: readonly Locale[]; isApp: boolean },
): string {
  const root = `<html lang="${languages[0]}" data-languages="${languages.join(' ')}"`;
  const page = replaceIn(html, /<html lang="en"/, root);
  if (!isApp) return page;
  const isOffered = (tag: string) => languages.some((offered) => offered === tag);
  const texts = /(?:<template lang="[^"]*"[^<]*<\/template>)+/;
  const [all = ''] = texts.exec(page) ?? [];
  const textsIn = (tag: string) => new RegExp(`<template lang="${tag}"[^<]*</template>`).exec(all)?.[0];
  return replaceIn(page, texts, languages.map(textsIn).join('')).replaceAll(
    /<(option|span)(?: value="[^"]*")? lang="([^"]*)"[^<]*<\/\1>/g,
    (element, _, tag: string) => (isOffered(tag) ? element : ''),
  );
}

/** In place of the title of the page and of the default name, which are the first two texts of each language. */
function showName(html: string, { name, isApp }: { name: string; isApp: boolean }): string {
  const page = replaceIn(html, /<title>[^<]*/, `<title>${name}`);
  if (!isApp) return page;
  const header = `<header class="brand"><img src="/favicon.svg" alt=""><span>${name}</span></header>`;
  const text = `[^${TEXT_SEPARATOR}<]*`;
  const firstTwoTexts = new RegExp(`(?<=<template lang="[^>]*>)${text}[${TEXT_SEPARATOR}]${text}`, 'g');
  const withHeader = replaceIn(page, /<noscript>/, `<noscript>${header}`);
  const withRoot = replaceIn(withHeader, /<html /, `<html data-brand="${name}" `);
  return replaceIn(withRoot, firstTwoTexts, name + TEXT_SEPARATOR + name);
}

/** The text on the accent colour is white or black. One of them always has a contrast of more than 4.5:1. */
function accentCss(theme: string, accent: Colour | undefined): string {
  if (!accent) return '';
  const onAccent = contrast(accent, '#ffffff') > contrast(accent, '#000000') ? '#fff' : '#000';
  return `${theme}{--color-accent:${accent};--color-on-accent:${onAccent}}`;
}

/** The links in each language. The `lang` of the page decides which of them are shown, so that they need no script. */
function linksHtml(links: DeploymentSettings['links'], languages: readonly Locale[]): string {
  const anchors = languages.flatMap((locale) =>
    (['terms', 'help'] as const).map((page) => {
      const address = links[page]?.replaceAll('{language}', locale);
      const text = BRAND_LINK_TEXTS[locale][page];
      return address ? `<a lang="${locale}" href="${escapeHtml(address)}">${text}</a>` : '';
    }),
  );
  return `<nav class="brand-links">${anchors.join('')}</nav>`;
}

const hideOtherLanguages = (locale: Locale) =>
  `:root:lang(${locale}) .brand-links :not(:lang(${locale})){display:none}`;

function iconAddress(svg: string): string {
  return svg.length <= MAX_INLINE_ICON_LENGTH
    ? `data:image/svg+xml,${encodeURIComponent(svg.trim())}`
    : '/favicon.svg';
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Unlike `replace`, reports a page without the place. */
function replaceIn(html: string, place: RegExp, replacement: string): string {
  if (html.search(place) === -1) throw new Error(`The page has no place for a setting: ${String(place)}`);
  return html.replace(place, () => replacement);
}
