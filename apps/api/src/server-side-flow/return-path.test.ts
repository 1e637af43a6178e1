import { expect, test } from 'vitest';
import { parseReturnPath } from './return-path.ts';

const WEB_ORIGIN = 'https://app.example.com';

test.each([
  ['/', '/'],
  ['/pricing', '/pricing'],
  ['/pricing?plan=pro&x=%2F%2Fevil.example#top', '/pricing?plan=pro&x=%2F%2Fevil.example#top'],
  ['/?next=https://evil.example', '/?next=https://evil.example'],
  ['/a/../b', '/b'],
  ['/@evil.example', '/@evil.example'],
  ['/가격', '/%EA%B0%80%EA%B2%A9'],
  ['/https://evil.example', '/https://evil.example'],
])('the return path %s becomes %s', (value, expected) => {
  expect(parseReturnPath(value, WEB_ORIGIN)).toBe(expected);
});

/** Known ways to write an address elsewhere that a naive check takes for a path. */
const TRICKS = [
  'https://evil.example',
  'HTTPS://evil.example/',
  'http:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'https:\\\\evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '//evil.example/%2f..',
  '//app.example.com@evil.example',
  '//app.example.com:443@evil.example/',
  '//evil.example\\@app.example.com',
  '//%65vil.example',
  '//evil%E3%80%82example',
  '//evil。example',
  '//[::1]',
  '//0x7f000001',
  '//2130706433',
  '//localhost:3000',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\evil.example',
  '/\\/evil.example',
  '/\\\\evil.example',
  '\\/\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '/\v/evil.example',
  '/\f/evil.example',
  '/\0/evil.example',
  '/ /evil.example',
  ' //evil.example',
  '\t//evil.example',
  '\u0000//evil.example',
  '\u00a0//evil.example',
  '\ufeff//evil.example',
  '/\u2028/evil.example',
  '/\u0085/evil.example',
  '/.//evil.example',
  '/./\\evil.example',
  '/..//evil.example',
  '/../..//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  '/%2E%2E//evil.example',
  '/x\\..\\..\\/evil.example',
  '/x\r\nLocation: https://evil.example',
  '/x\r\n\r\n<script>alert(1)</script>',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'javascript://app.example.com/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:https://app.example.com/x',
  'file:///etc/passwd',
  'ftp://evil.example',
  'evil.example',
  'www.evil.example',
  './evil',
  '../evil',
  '?x=//evil.example',
  '#//evil.example',
  '@evil.example',
  ':443',
  '.evil.example',
  '',
  `/${'x'.repeat(600)}`,
  `/${'가'.repeat(60)}`, // 541 characters once it is percent-encoded.
];

test.each(TRICKS)('the return path %j becomes /', (value) => {
  expect(parseReturnPath(value, WEB_ORIGIN)).toBe('/');
});

test.each([undefined, null, 1, ['/x'], { toString: () => '/x' }])(
  'the value %j becomes the return path /',
  (value) => {
    expect(parseReturnPath(value, WEB_ORIGIN)).toBe('/');
  },
);

test('a parsed return path stays on the web origin when it is resolved once or twice', () => {
  const once = [...TRICKS, ...TRICKS.map((trick) => `/${trick}`), ...TRICKS.map((trick) => `/x${trick}`)];
  for (const value of [...once, ...once.map(encodeURI), ...once.map(encodeURIComponent)]) {
    const path = parseReturnPath(value, WEB_ORIGIN);
    expect(new URL(path, WEB_ORIGIN).origin).toBe(WEB_ORIGIN);
    expect(new URL(new URL(path, WEB_ORIGIN).pathname, WEB_ORIGIN).origin).toBe(WEB_ORIGIN);
  }
});
