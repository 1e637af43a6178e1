import { readFileSync } from 'node:fs';
import { isLoopback } from '@oneclick/shared/is-loopback';
import { isOrigin } from '@oneclick/shared/is-origin';
import { type Locale, LOCALES } from '@oneclick/shared/languages';
import * as v from 'valibot';
import tokens from '../design/tokens.css?raw';
import { contrast } from '../design/contrast.ts';

/** Names every faulty variable with its rule. */
export class SettingsError extends Error {
  override name = 'SettingsError';

  constructor(faults: readonly string[]) {
    super(`The app can't be configured:\n  ${faults.join('\n  ')}`);
  }
}

/** A colour as CSS writes it: `#4f46e5`. */
export type Colour = `#${string}`;

/** The accent colour in each theme. */
interface Accents {
  light: Colour | undefined;
  dark: Colour | undefined;
}

/** What an operator may choose for a deployment. A part that is undefined stays as the build has it. */
export interface DeploymentSettings {
  apiOrigin: string | undefined;
  name: string | undefined;
  /** The text of an SVG file. */
  logo: string | undefined;
  accents: Accents;
  /** With `{language}` in place of the language tag, if the page has an address for each language. */
  links: Record<'terms' | 'help', string | undefined>;
  /** The first one is the default. */
  languages: Locale[] | undefined;
}

/** Reads the settings from the environment. @throws {SettingsError} with all faults */
export function parseDeploymentSettings(environment: NodeJS.ProcessEnv): DeploymentSettings {
  // `NAME=` in an env file means that NAME is unset.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = v.safeParse(settingsSchema, given);
  const unknown = Object.keys(given).filter((name) => name.startsWith('BRAND_') && !(name in variables));
  const faults = [
    ...(parsed.issues ?? []).map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`.trim()),
    ...unknown.map((name) => `${name} is unknown: the names are ${Object.keys(variables).join(', ')}`),
  ];
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults);
  return parsed.output;
}

/** @param rule completes the sentence "NAME must be …" */
function variable(rule: string, isValid: (text: string) => boolean) {
  return v.pipe(v.string(), v.check(isValid, `must be ${rule}`));
}

const apiOrigin = variable(
  'an exact origin such as https://api.example.com (http on loopback only; no path, no trailing slash)',
  (text) => isOrigin(text) && (text.startsWith('https:') || isLoopback(new URL(text).hostname)),
);

/** `|` separates the texts in index.html. */
const name = variable(
  'a name of 1 to 60 characters in one line, without "|"',
  (text) => text.trim() === text && Array.from(text).length <= 60 && !/[\p{Cc}|]/u.test(text),
);

const MAX_LOGO_BYTES = 20_000;

const logo = v.pipe(
  v.string(),
  v.rawTransform<string, string>(({ dataset: { value: path }, addIssue, NEVER }) => {
    try {
      const svg = readFileSync(path, 'utf8');
      if (
        /^(?:\uFEFF?<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg[\s>]/is.test(svg) &&
        svg.length <= MAX_LOGO_BYTES
      ) {
        return svg;
      }
      addIssue({ message: `must be the path of an SVG file of at most ${MAX_LOGO_BYTES} bytes` });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      addIssue({ message: `must be the path of an SVG file: ${path} can't be read (${code})` });
    }
    return NEVER;
  }),
);

const isColour = (text: string): text is Colour => /^#[\da-f]{6}$/i.test(text);

const colour = v.pipe(v.string(), v.guard(isColour, 'must be a colour such as #4f46e5'));

const link = variable(
  'an address that begins with https:// or mailto:',
  (text) => /^(?:https:\/\/[^/]|mailto:.)/.test(text) && URL.canParse(text.replaceAll('{language}', 'en')),
);

const isLocale = (tag: string): tag is Locale => LOCALES.some((known) => known === tag);

const languages = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((tag) => tag.trim())),
  v.check(
    (tags) => tags.every(isLocale) && new Set(tags).size === tags.length,
    `must be one or more of ${LOCALES.join(', ')}, each once, with commas between them`,
  ),
  v.transform((tags) => tags.filter(isLocale)),
);

const variables = {
  API_ORIGIN: v.optional(apiOrigin),
  BRAND_NAME: v.optional(name),
  BRAND_LOGO: v.optional(logo),
  BRAND_ACCENT: v.optional(colour),
  BRAND_ACCENT_DARK: v.optional(colour),
  BRAND_TERMS_URL: v.optional(link),
  BRAND_HELP_URL: v.optional(link),
  LANGUAGES: v.optional(languages),
};

/**
 * WCAG 2.2, 1.4.11: the outline of the focus has the accent colour. A text on that colour needs no check, because it is
 * black or white: one of the two always has more than the 4.5:1 of 1.4.3.
 */
const MIN_CONTRAST = 3;

/** What the accent colour is next to. */
function surroundingsIn(theme: keyof Accents): Colour[] {
  return ['page', 'surface'].map((token) => {
    const [light, dark] = tokens.matchAll(new RegExp(`--color-${token}: (#[0-9a-f]{6});`, 'g'));
    const [, value = ''] = (theme === 'light' ? light : dark) ?? [];
    if (!isColour(value)) throw new Error(`tokens.css has no --color-${token} for the theme "${theme}".`);
    return value;
  });
}

function isVisible(accent: Colour | undefined, theme: keyof Accents): boolean {
  return !accent || surroundingsIn(theme).every((background) => contrast(accent, background) >= MIN_CONTRAST);
}

function faintIn(theme: keyof Accents): string {
  return `must have a contrast of at least ${MIN_CONTRAST}:1 to ${surroundingsIn(theme).join(' and ')}, the background in the ${theme} theme`;
}

const settingsSchema = v.pipe(
  v.object(variables),
  v.forward(
    v.partialCheck(
      [['BRAND_ACCENT']],
      ({ BRAND_ACCENT: accent }) => isVisible(accent, 'light'),
      faintIn('light'),
    ),
    ['BRAND_ACCENT'],
  ),
  v.forward(
    v.partialCheck(
      [['BRAND_ACCENT'], ['BRAND_ACCENT_DARK']],
      ({ BRAND_ACCENT: accent, BRAND_ACCENT_DARK: dark = accent }) => isVisible(dark, 'dark'),
      `${faintIn('dark')} (if it is unset, it is BRAND_ACCENT)`,
    ),
    ['BRAND_ACCENT_DARK'],
  ),
  v.transform((env): DeploymentSettings => {
    const { BRAND_ACCENT: light, BRAND_ACCENT_DARK: dark = light } = env;
    return {
      apiOrigin: env.API_ORIGIN,
      name: env.BRAND_NAME,
      logo: env.BRAND_LOGO,
      accents: { light, dark },
      links: { terms: env.BRAND_TERMS_URL, help: env.BRAND_HELP_URL },
      languages: env.LANGUAGES,
    };
  }),
);
