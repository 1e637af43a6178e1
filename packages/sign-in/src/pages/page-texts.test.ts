import { expect, test } from 'vitest';
import { CALLBACK_TEXTS, OPENING_TEXTS } from './page-texts.ts';

test.each([
  ['callback', CALLBACK_TEXTS],
  ['opening', OPENING_TEXTS],
])('the %s page has the same texts in every language', (_, { en, ...others }) => {
  for (const texts of Object.values(others)) {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
    expect(Object.values(texts)).not.toContain('');
  }
});
