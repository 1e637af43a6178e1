import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import * as v from 'valibot';

/** 256 bits. */
type SealingKey = KeyObject | Uint8Array;

const CIPHER = 'aes-256-gcm';
/** RFC 7518 §5.3: A256GCM uses an initialization vector of 96 bits and a tag of 128 bits. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The whole header that `sealJson` writes. Anybody can write a header, and one that could choose the algorithm, the
 * compression (`zip`) or an extension (`crit`) would choose how it is decrypted. So any other value or member is refused.
 */
const Header = v.strictObject({
  alg: v.literal('dir'),
  enc: v.literal('A256GCM'),
  kid: v.optional(v.string()),
  typ: v.optional(v.string()),
});
type Header = v.InferOutput<typeof Header>;

interface OpenOptions<T> {
  /** May throw for a key id that it does not know. */
  findKey: (kid: string | undefined) => SealingKey;
  /** The media type that the value was sealed with. Keeps a value of one kind from being opened as another. */
  typ?: string;
  schema: v.GenericSchema<unknown, T>;
}

/**
 * Encrypts a value as a JWE in compact form (RFC 7516 §7.1, `dir` with A256GCM). Without the key it can be neither read
 * nor changed. Why node:crypto: docs/decisions/2026-11-25-seal-in-place.md.
 */
export function sealJson(
  value: unknown,
  key: SealingKey,
  { kid, typ }: Pick<Header, 'kid' | 'typ'> = {},
): string {
  const header: Header = { alg: 'dir', enc: 'A256GCM', ...(kid && { kid }), ...(typ && { typ }) };
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  // NIST SP 800-38D §8.2.2: random, for at most 2^32 values under one key.
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(protectedHeader));
  const ciphertext = cipher.update(JSON.stringify(value), 'utf8', 'base64url') + cipher.final('base64url');
  // With `dir`, the encrypted key is empty (RFC 7518 §4.5).
  return [
    protectedHeader,
    '',
    iv.toString('base64url'),
    ciphertext,
    cipher.getAuthTag().toString('base64url'),
  ].join('.');
}

/** @throws if the value was sealed with another key or for another purpose, or if one character of it was changed */
export function openJson<T>(sealed: string, { findKey, typ, schema }: OpenOptions<T>): T {
  const parts = sealed.split('.');
  const [protectedHeader = '', encryptedKey, ...rest] = parts;
  const [iv, ciphertext, tag] = rest.map(decodeBase64url);
  const isComplete = parts.length === 5 && encryptedKey === '' && ciphertext;
  if (!isComplete || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES) {
    throw new TypeError('not a JWE of this app');
  }
  const header = v.parse(Header, JSON.parse(decodeBase64url(protectedHeader).toString()));
  if (header.typ !== typ) throw new TypeError('sealed for another purpose');

  const decipher = createDecipheriv(CIPHER, findKey(header.kid), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(protectedHeader)).setAuthTag(tag);
  // `final` throws unless the tag fits, so nothing is read before it returns.
  const json = Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString();
  return v.parse(schema, JSON.parse(json));
}

/** Refuses every spelling but the one that `sealJson` writes. Buffer ignores foreign characters and unused bits. */
function decodeBase64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new TypeError('not base64url');
  return bytes;
}
