import type { webcrypto } from 'node:crypto';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import * as v from 'valibot';

type SealingKey = webcrypto.CryptoKey | Uint8Array;

interface OpenOptions<T> {
  /** May throw for a key id that it does not know. */
  findKey: (kid: string | undefined) => SealingKey;
  /** The media type that the value was sealed with. Keeps a value of one kind from being opened as another. */
  typ?: string;
  schema: v.GenericSchema<unknown, T>;
}

/** Encrypts a value as a JWE (RFC 7516 §7.1). Without the key it can be neither read nor changed. */
export function sealJson(
  value: unknown,
  key: SealingKey,
  header: { kid?: string; typ?: string } = {},
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header })
    .encrypt(key);
}

/** @throws if the value was sealed with another key or for another purpose, or was changed */
export async function openJson<T>(sealed: string, { findKey, typ, schema }: OpenOptions<T>): Promise<T> {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, ({ kid }) => findKey(kid), {
    // Anybody can write a header. Without these lists, the header would choose how it is decrypted.
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
    maxDecompressedLength: 0,
  });
  if (protectedHeader.typ !== typ) throw new TypeError('sealed for another purpose');
  return v.parse(schema, JSON.parse(new TextDecoder().decode(plaintext)));
}
