// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrast } from './contrast.ts';

const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

/** Each colour, what it is drawn on, and their least contrast: 4.5 for texts (WCAG 2.2, 1.4.3), 3 for the focus (1.4.11). */
const PAIRS = [
  { colours: ['text', 'muted'], on: ['page', 'surface', 'raised'], least: 4.5 },
  { colours: ['good', 'low', 'bad'], on: ['surface', 'raised'], least: 4.5 },
  { colours: ['notice-text'], on: ['notice'], least: 4.5 },
  { colours: ['on-accent'], on: ['accent'], least: 4.5 },
  { colours: ['accent'], on: ['page', 'surface'], least: 3 },
];

/** The pairs of colours in a stylesheet like tokens.css that users may not tell apart. */
function weakPairs(css: string): string[] {
  const [light = '', dark = ''] = css.split("[data-theme='dark']");
  return Object.entries({ light, dark }).flatMap(([theme, block]) =>
    PAIRS.flatMap(({ colours, on, least }) =>
      colours.flatMap((colour) =>
        on
          .map((background) => ({
            background,
            ratio: contrast(colourIn(block, colour), colourIn(block, background)),
          }))
          .filter(({ ratio }) => ratio < least)
          .map(
            ({ background, ratio }) =>
              `${theme}: --color-${colour} on --color-${background} has ${ratio.toFixed(1)}, needs ${least}`,
          ),
      ),
    ),
  );
}

function colourIn(block: string, token: string): string {
  const [, hex] = new RegExp(`--color-${token}: #([0-9a-f]{6});`).exec(block) ?? [];
  if (hex === undefined) throw new Error(`--color-${token} must be like #4f46e5`);
  return `#${hex}`;
}

test('the colours of both themes have enough contrast', () => {
  expect(weakPairs(tokens)).toEqual([]);
});

test('a colour that is too weak is named with its background and its theme', () => {
  const weak = tokens
    .replace('--color-muted: #585d74', '--color-muted: #767b92')
    .replace('#8b87ff', '#3a3a80');
  expect(weakPairs(weak)).toEqual([
    'light: --color-muted on --color-page has 3.9, needs 4.5',
    'light: --color-muted on --color-surface has 4.2, needs 4.5',
    'light: --color-muted on --color-raised has 3.7, needs 4.5',
    'dark: --color-on-accent on --color-accent has 1.8, needs 4.5',
    'dark: --color-accent on --color-page has 1.9, needs 3',
    'dark: --color-accent on --color-surface has 1.7, needs 3',
  ]);
});
