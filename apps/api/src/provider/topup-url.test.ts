import { expect, test } from 'vitest';
import { parseTopupUrl } from './topup-url.ts';

const HOSTS = new Set(['pay.example', 'localhost:4000']);

test.each([
  ['https://pay.example/topup?user=1#x', 'https://pay.example/topup?user=1#x'],
  ['HTTPS://PAY.example', 'https://pay.example/'],
  ['https://pay.example:443/', 'https://pay.example/'],
  ['http://localhost:4000/topup', 'http://localhost:4000/topup'],
  // The parser compares and returns the address that a browser would open.
  ['https://pay。example/', 'https://pay.example/'],
])('the top-up link %s is accepted', (url, expected) => {
  expect(parseTopupUrl(url, HOSTS)).toBe(expected);
});

test.each([
  [undefined],
  [1],
  [{}],
  [''],
  ['javascript:alert(1)'],
  ['data:text/html,x'],
  ['blob:https://pay.example/x'],
  ['http://pay.example/'],
  ['//pay.example/'],
  ['/topup'],
  ['https:pay.example'],
  ['https:/pay.example'],
  ['https:\\\\pay.example'],
  ['https://pay.example\\@evil.example'],
  ['https:///pay.example'],
  ['https://pay.example@evil.example/'],
  ['https://user@pay.example/'],
  ['https://@pay.example/'],
  ['https://user:pass@pay.example/'],
  ['https://pay.example:8443/'],
  ['https://pay.example.evil.com/'],
  ['https://evilpay.example/'],
  ['https://sub.pay.example/'],
  ['https://pay.example./'],
  ['https://pаy.example/'], // A Cyrillic letter.
  ['https://localhost:4000.evil.example/'],
  [' https://pay.example/'],
  ['https://pay.example/\r\n'],
  ['https://pay.exa\tmple/'],
  ['https://pay.example/\u0000'],
  ['https://pay.example/ x'],
  [`https://pay.example/${'x'.repeat(2048)}`],
  [`https://pay.example/${'é'.repeat(1000)}`],
])('the top-up link %j is refused', (url) => {
  expect(parseTopupUrl(url, HOSTS)).toBeUndefined();
});
