import { createCipheriv, createSecretKey } from 'node:crypto';
import * as fc from 'fast-check';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { openJson, sealJson } from './sealed-json.ts';

/* jose is the oracle: a JWE of this module must open there, and the reverse. */

const bytes = new Uint8Array(32).fill(1);
const key = createSecretKey(bytes);
const header = { kid: 'k1', typ: 'x+jwe' };
const schema = v.unknown();

function open(sealed: string): unknown {
  return openJson(sealed, { findKey: () => key, typ: 'x+jwe', schema });
}

function opens(sealed: string): boolean {
  try {
    open(sealed);
    return true;
  } catch {
    return false;
  }
}

/** A JWE with the right key and any header. Its tag fits, so only a check of the header can refuse it. */
function forge(fields: object, { ivBytes = 12, tagBytes = 16 } = {}): string {
  const protectedHeader = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const iv = Buffer.alloc(ivBytes, 7);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(protectedHeader));
  const ciphertext = cipher.update('{}', 'utf8', 'base64url') + cipher.final('base64url');
  const parts = [protectedHeader, '', iv.toString('base64url'), ciphertext];
  return [...parts, cipher.getAuthTag().toString('base64url')].join('.');
}

const anyJson = fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value)));
const settings = { seed: 20_261_125, numRuns: 300 };

test('any value that is sealed here opens with jose', async () => {
  await fc.assert(
    fc.asyncProperty(anyJson, async (value) => {
      const { plaintext, protectedHeader } = await compactDecrypt(sealJson(value, key, header), bytes);
      expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', ...header });
      expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual(value);
    }),
    settings,
  );
});

test('any value that jose has sealed opens here', async () => {
  await fc.assert(
    fc.asyncProperty(anyJson, async (value) => {
      const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header })
        .encrypt(bytes);
      expect(open(sealed)).toEqual(value);
    }),
    settings,
  );
});

test('a cookie of the version that used jose opens', () => {
  const sealed =
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiazEiLCJ0eXAiOiJ4K2p3ZSJ9..D0H8xRoLfXFYiuRo.' +
    'Rf4GBq6cSjqcfBP5-Jo9ph_iDoZJ0CEgjw.sRDOI1wGnh86thKCtnxgPQ';
  const subkey = createSecretKey(Buffer.from('K7MKkSvsVAZGYUxXyej830162t7CqYQ2LqUyNgAxuqk', 'base64url'));
  expect(openJson(sealed, { findKey: () => subkey, typ: 'x+jwe', schema })).toEqual({
    text: 'sealed by jose',
  });
});

test('no two of 1000 values are sealed with the same initialization vector', () => {
  const vectors = Array.from({ length: 1000 }, () => sealJson({}, key).split('.')[2]);
  expect(new Set(vectors).size).toBe(1000);
});

test('a forged JWE with the header of this app opens', () => {
  expect(open(forge({ alg: 'dir', enc: 'A256GCM', ...header }))).toEqual({});
});

test.each([
  ['no algorithm', { alg: 'none' }],
  ['another key management', { alg: 'A256KW' }],
  ['a password with a million rounds', { alg: 'PBES2-HS256+A128KW', p2c: 1e6, p2s: 'AAAA' }],
  ['another cipher', { enc: 'A128CBC-HS256' }],
  ['a shorter key', { enc: 'A128GCM' }],
  ['a list of ciphers', { enc: ['A256GCM'] }],
  ['compression', { zip: 'DEF' }],
  ['a critical extension', { crit: ['exp'], exp: 1 }],
  ['an empty list of critical extensions', { crit: [] }],
  ['a key of its own', { jwk: { kty: 'oct', k: 'AAAA' } }],
  ['the address of a key', { jku: 'https://evil.example/keys' }],
  ['a key id that is no text', { kid: 1 }],
  ['another purpose', { typ: 'y+jwe' }],
  ['no purpose', { typ: undefined }],
])('a JWE with the right key whose header asks for %s does not open', (_, fields) => {
  expect(opens(forge({ alg: 'dir', enc: 'A256GCM', ...header, ...fields }))).toBe(false);
});

test.each([4, 8, 12, 13, 14, 15])('a JWE whose tag has only %i bytes does not open', (tagBytes) => {
  const fields = { alg: 'dir', enc: 'A256GCM', ...header };
  expect(opens(forge(fields, { tagBytes }))).toBe(false);
  const [tag = '', ...rest] = forge(fields).split('.').toReversed();
  const shortened = Buffer.from(tag, 'base64url').subarray(0, tagBytes).toString('base64url');
  expect(opens([...rest.toReversed(), shortened].join('.'))).toBe(false);
});

test.each([1, 8, 16])('a JWE whose initialization vector has %i bytes does not open', (ivBytes) => {
  expect(opens(forge({ alg: 'dir', enc: 'A256GCM', ...header }, { ivBytes }))).toBe(false);
});

test('a JWE with another number of parts, or with an encrypted key, does not open', () => {
  const sealed = sealJson({}, key, header);
  const [head = '', , ...rest] = sealed.split('.');
  const wrong = [
    '',
    '....',
    head,
    sealed.slice(0, sealed.lastIndexOf('.')),
    `${sealed}.`,
    `${sealed}.AAAA`,
    [head, ...rest].join('.'),
    [head, 'AAAA', ...rest].join('.'),
    [head, '', '', ...rest].join('.'),
  ];
  expect(wrong.filter(opens)).toEqual([]);
});

test('no other spelling of the same bytes opens', () => {
  const parts = sealJson({}, key, header).split('.');
  const respell = (index: number, spelling: string) => parts.with(index, spelling).join('.');
  for (const [index, part] of parts.entries()) {
    // Buffer ignores these characters, and reads + and / as - and _.
    for (const foreign of ['=', ' ', '\n', '*', '\u0000', 'é']) {
      expect(opens(respell(index, part + foreign))).toBe(false);
      expect(opens(respell(index, foreign + part))).toBe(false);
    }
    const inBase64 = part.replaceAll('-', '+').replaceAll('_', '/');
    expect(opens(respell(index, inBase64))).toBe(inBase64 === part);
  }

  // The last character of a tag has 4 unused bits, which are 0.
  const tag = parts[4] ?? '';
  const withUnusedBits = tag.replace(/.$/, (last) => String.fromCodePoint((last.codePointAt(0) ?? 0) + 1));
  expect(Buffer.from(withUnusedBits, 'base64url')).toEqual(Buffer.from(tag, 'base64url'));
  expect(opens(respell(4, withUnusedBits))).toBe(false);
});

test('no sealed value opens after any change', () => {
  const sealed = sealJson({ text: 'hello' }, key, header);
  const position = fc.nat(sealed.length - 1);
  const character = fc.constantFrom(...Array.from('ABCabcxyz0123456789-_.=+/ '));
  const change = fc.oneof(
    fc.tuple(position, character).map(([at, to]) => sealed.slice(0, at) + to + sealed.slice(at + 1)),
    fc.tuple(position, character).map(([at, more]) => sealed.slice(0, at) + more + sealed.slice(at)),
    position.map((at) => sealed.slice(0, at) + sealed.slice(at + 1)),
    position.map((length) => sealed.slice(0, length)),
  );
  fc.assert(
    fc.property(change, (changed) => {
      expect(opens(changed)).toBe(changed === sealed);
    }),
    { ...settings, numRuns: 3000 },
  );
});

test('a value that was sealed with another key does not open', () => {
  const other = sealJson({}, new Uint8Array(32).fill(2), header);
  expect(() => open(other)).toThrow('unable to authenticate data');
});

test('a value that does not fit its schema does not open', () => {
  const sealed = sealJson({ text: 1 }, key, header);
  const options = { findKey: () => key, typ: 'x+jwe', schema: v.object({ text: v.string() }) };
  expect(() => openJson(sealed, options)).toThrow(v.ValiError);
});
