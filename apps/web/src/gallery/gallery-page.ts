import { LOCALES } from '@oneclick/shared/languages';
import { chosenBy, queryOf, THEMES } from './chosen.ts';
import { storiesByScreen } from './stories.ts';

/*
 * The page of the gallery: a list of all stories, and the chosen one in a frame, so that the width of the frame is the
 * one that the media queries see. Each choice is a link or a form, so each has an address.
 */

const WIDTHS = [320, 390, 768, 1280];

const chosen = chosenBy(location.search);
const { story, width } = chosen;
document.title = `${story.name} · Gallery`;

const nav = document.querySelector('nav')!;
for (const [screen, stories] of Object.entries(storiesByScreen)) {
  const list = create('ul');
  for (const each of stories) {
    const link = create('a', { href: queryOf({ ...chosen, story: each }), textContent: each.name });
    if (each === story) link.ariaCurrent = 'page';
    const item = create('li');
    item.append(link);
    list.append(item);
  }
  nav.append(create('h2', { textContent: screen }), list);
}
nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' });

const form = document.forms[0]!;
form.querySelector('[name=language]')?.append(...LOCALES.map(option));
form.querySelector('[name=theme]')?.append(...THEMES.map(option));
form.querySelector('datalist')?.append(...WIDTHS.map(option));
for (const [name, value] of new URLSearchParams(queryOf(chosen))) {
  form.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)!.value = value;
}
form.addEventListener('change', () => form.requestSubmit());

const src = `story.html${queryOf(chosen)}`;
form.querySelector('a')!.href = src;
const frame = document.querySelector('iframe')!;
Object.assign(frame, { src, title: story.name });
frame.style.width = `${width}px`;

function option(value: string | number): HTMLElement {
  return create('option', { value: String(value), textContent: String(value) });
}

function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), properties);
}
