import { expect, test } from 'vitest';
import { isOrigin } from './is-origin.ts';

test.each([
  'https://api.example.com',
  'https://api.example.com:8443',
  'https://xn--bcher-kva.example',
  'http://localhost:3000',
  'http://127.0.0.1:3000',
  'http://[::1]:3000',
])('%s is an origin', (text) => {
  expect(isOrigin(text)).toBe(true);
});

test.each([
  '',
  'null',
  'api.example.com',
  'https://',
  'https://api.example.com/',
  'https://api.example.com/v1',
  'https://api.example.com?',
  'https://user@api.example.com',
  'https://API.example.com',
  'https://bücher.example',
  'https://api.example.com:443',
  'https://api.example.com:99999',
  'https://api.example.com.',
  'https://api.example.com.:8443',
  'https://*.example.com',
  'https://api.example.com\n',
  'wss://api.example.com',
])('"%s" is no origin', (text) => {
  expect(isOrigin(text)).toBe(false);
});

test.each([';', '"', '$', "'", ',', '`', '{', '}', '&', '!', '(', '_'])(
  'an origin with %s in the host, which the URL standard allows, is refused',
  (character) => {
    const text = `https://a${character}b`;
    expect(new URL(text).origin).toBe(text);
    expect(isOrigin(text)).toBe(false);
  },
);
