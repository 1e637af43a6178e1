import { expect, test } from 'vitest';
import { PAGE_TEXTS } from './page-texts.ts';

const { en, ...others } = PAGE_TEXTS;

test.each(Object.entries(others))('in %s, the pages have the same texts as in English', (_, texts) => {
  const keysOf = (pages: typeof texts) =>
    Object.entries(pages).map(([page, group]) => [page, Object.keys(group)]);
  expect(keysOf(texts)).toEqual(keysOf(en));
  expect(Object.values(texts).flatMap((group) => Object.values(group))).not.toContain('');
});
