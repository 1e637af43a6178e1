import { type Locale, LOCALES } from '@oneclick/shared/languages';
import { type Story } from './open-story.tsx';
import { stories } from './stories.ts';

export const THEMES = ['system', 'light', 'dark'] as const;

/** What an address of the gallery shows. */
export type Chosen = {
  story: Story;
  language: Locale;
  theme: (typeof THEMES)[number];
  /** In CSS pixels. */
  width: number;
};

const FALLBACK = stories.find(({ name }) => name === 'signed-out')!;

/** Reads `?story=…&language=…&theme=…&width=…`. A part that is missing or unknown has a default. */
export function chosenBy(query: string): Chosen {
  const parameters = new URLSearchParams(query);
  const named = <Name extends string>(names: readonly [Name, ...Name[]], parameter: string): Name =>
    names.find((name) => name === parameters.get(parameter)) ?? names[0];
  return {
    story: stories.find(({ name }) => name === parameters.get('story')) ?? FALLBACK,
    language: named(LOCALES, 'language'),
    theme: named(THEMES, 'theme'),
    width: Number(parameters.get('width')) || 1280,
  };
}

/** The query of the address that shows this. */
export function queryOf({ story, language, theme, width }: Chosen): string {
  return `?${new URLSearchParams({ story: story.name, language, theme, width: String(width) })}`;
}
