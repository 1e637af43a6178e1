import { expect, test } from 'vitest';
import { en } from './en.ts';
import { ko } from './ko.ts';

const screens = Object.values(
  import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true }),
).join('\n');

test('a screen uses each text', () => {
  const { errors: _, ...groups } = en;
  const names = Object.entries(groups).flatMap(([group, texts]) =>
    Object.keys(texts).map((key) => `${group}.${key}`),
  );
  expect(names.filter((name) => !new RegExp(String.raw`\b${name}\b`).test(screens))).toEqual([]);
});

test.each(Object.entries({ en, ko }))('each text in %s shows all of its parameters', (_, texts) => {
  const { signedOut, account } = texts;
  expect(signedOut.inAppBrowser('KakaoTalk')).toContain('KakaoTalk');
  expect(account.usageNumbers({ used: '250', quota: '1,000', share: '25%' })).toMatch(
    /^(?=.*\b250\b)(?=.*\b1,000\b)(?=.*25%)/,
  );
  expect(account.changed({ before: '750.00', after: '760.00' })).toMatch(/750\.00.*760\.00/);
  expect(account.updatedAt('6:08 PM')).toContain('6:08 PM');
  expect(account.mayBeOutdated('20 seconds ago')).toContain('20 seconds ago');
});

test.each(Object.entries({ en, ko }))('each error in %s has a sentence on the next step', (_, { errors }) => {
  const withOneSentence = Object.values(errors).filter((text) => !/\. .+\.$/.test(text));
  expect(withOneSentence).toEqual([]);
});
