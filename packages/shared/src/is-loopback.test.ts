import { expect, test } from 'vitest';
import { isLoopback } from './is-loopback.ts';

test.each(['localhost', 'app.localhost', '127.0.0.1', '127.255.0.9', '[::1]'])(
  '%s is this machine',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  'localhost.example.com',
  'notlocalhost',
  '127.0.0.1.example.com',
  '0.0.0.0',
  '[::]',
  '10.0.0.1',
  '',
])('"%s" is not this machine', (host) => {
  expect(isLoopback(host)).toBe(false);
});
