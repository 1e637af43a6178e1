import { expect, test } from 'vitest';
import { createProxyTrust, parseForwardedAddress } from './proxies.ts';

test.each([
  ['203.0.113.1', '203.0.113.1'],
  ['203.0.113.1:1001', '203.0.113.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:1001', '2001:db8::1'],
  ['2001:db8:0:0:0:0:0:1:50123', '2001:db8:0:0:0:0:0:1'],
  ['::ffff:203.0.113.1', '::ffff:203.0.113.1'],
  ['::ffff:203.0.113.1:1001', '::ffff:203.0.113.1'],
  ['[::ffff:203.0.113.1]:1001', '::ffff:203.0.113.1'],
  ['unknown', undefined],
  ['_hidden:1001', undefined],
  ['203.0.113.1:port', undefined],
  ['203.0.113:1001', undefined],
  ['[203.0.113.1', undefined],
  ['[]:1001', undefined],
  ['', undefined],
])('the element "%s" of X-Forwarded-For is the address %s', (text, address) => {
  expect(parseForwardedAddress(text)).toBe(address);
});

test.each([
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '10.1.2.3:443', true],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '11.1.2.3', false],
  ['2001:db8::/32', '[2001:db8::1]:443', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:db8::/32', '10.1.2.3', false],
  ['::1', '::1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['10.0.0.0/8', 'unknown', false],
])('with TRUST_PROXY=%s, %s is a proxy: %s', (range, text, isProxy) => {
  expect(createProxyTrust([range])(text)).toBe(isProxy);
});
