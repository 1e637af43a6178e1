import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { Secrets } from '../config.ts';
import { createSealer, defineCookie } from './sealed-cookie.ts';
import { computeTopology } from '../topology.ts';

const topology = computeTopology(['https://app.example.com'], 'https://app.example.com');
const cookie = defineCookie('__Host-Http-x', topology);
const secrets: Pick<Secrets, 'sessionKeys'> = {
  sessionKeys: [{ kid: 'k1', bytes: new Uint8Array(32).fill(1) }],
};
const schema = v.object({ text: v.string() });
const sealer = createSealer({ secrets, purpose: 'x', schema });
const open = (value: string) => sealer.open(cookie, { cookies: { [cookie.name]: value } });
const header = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url');

test('a sealed cookie opens, differs each time and does not reveal its content', () => {
  const [first, second] = [sealer.seal({ text: 'canary' }), sealer.seal({ text: 'canary' })];
  expect(first).not.toBe(second);
  expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain('canary');
  expect(open(first)).toEqual({ status: 'ok', payload: { text: 'canary' } });
});

test('a cookie that is longer than browsers keep is not opened', () => {
  expect(open('x'.repeat(4096))).toEqual({ status: 'invalid' });
});

test.each([
  ['no encryption', { alg: 'none', enc: 'A256GCM', kid: 'k1' }],
  ['another algorithm', { alg: 'A256KW', enc: 'A256GCM', kid: 'k1' }],
  [
    'a password with a million rounds',
    { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', kid: 'k1', p2c: 1e9, p2s: 'AAAA' },
  ],
  ['another cipher', { alg: 'dir', enc: 'A128CBC-HS256', kid: 'k1' }],
  ['compression', { alg: 'dir', enc: 'A256GCM', kid: 'k1', zip: 'DEF' }],
  ['a critical extension', { alg: 'dir', enc: 'A256GCM', kid: 'k1', crit: ['x'], x: 1 }],
  ['no key id', { alg: 'dir', enc: 'A256GCM' }],
])('a cookie whose JWE header asks for %s is invalid', (_, fields) => {
  const [, ...rest] = sealer.seal({ text: 'a' }).split('.');
  expect(open([header(fields), ...rest].join('.'))).toEqual({ status: 'invalid' });
});

test('a cookie with an unknown key id has the status unknown_key', () => {
  const other = createSealer({
    secrets: { sessionKeys: [{ kid: 'k2', bytes: new Uint8Array(32).fill(2) }] },
    purpose: 'x',
    schema,
  });
  expect(open(other.seal({ text: 'a' }))).toEqual({ status: 'unknown_key' });
});

test('a cookie of another purpose or another schema is invalid', () => {
  const otherPurpose = createSealer({ secrets, purpose: 'y', schema });
  expect(open(otherPurpose.seal({ text: 'a' }))).toEqual({ status: 'invalid' });
  const otherShape = createSealer({ secrets, purpose: 'x', schema: v.object({ number: v.number() }) });
  expect(open(otherShape.seal({ number: 1 }))).toEqual({ status: 'invalid' });
});
