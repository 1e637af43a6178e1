import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync(`${import.meta.dirname}/../SECURITY.md`, 'utf8');

/** `file` › name, several with a dot between them. */
const named = [...page.matchAll(/`([\w./-]+\.test\.tsx?)` › (.+?)(?= · |\s*\|)/g)].map(([, file, name]) => ({
  file: file ?? '',
  name: name ?? '',
}));

test('every test that SECURITY.md names is there', () => {
  const missing = named.filter(({ file, name }) => {
    const source = readFileSync(`${import.meta.dirname}/../${file}`, 'utf8').replaceAll('\\', '');
    return !['"', "'", '`'].some((quote) => source.includes(quote + name + quote));
  });
  expect(missing).toEqual([]);
  expect(named.length).toBeGreaterThan(200);
});

test.each([
  ['Requirements', 70],
  ['Cases', 96],
])('%s: none of the %i numbers is missing', (heading, count) => {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [ofThePage = ''] = section.split('\n## ');
  const [, browserOnly = ''] = /^Of the browser alone[^:]*: ([\d–, ]+)/m.exec(ofThePage) ?? [];
  const rows = [...ofThePage.matchAll(/^\| ([\d–]+) +\|/gm)].map(([, numbers]) => numbers);
  const numbers = [...browserOnly.split(/, ?/), ...rows].flatMap((range = '') => {
    const [first = 0, last = first] = range.split('–').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
});
