import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { JwksResponse } from '@oneclick/shared/messages';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import * as v from 'valibot';
import type { SessionKeys } from '../config.ts';

type PublicJwk = JwksResponse['keys'][number];

/** A key pair for Ed25519 (RFC 8037). */
export interface IdentityKey {
  privateKey: KeyObject;
  publicJwk: PublicJwk;
}

/**
 * One key pair for each session key, in their order. Every instance with the same session keys derives the same pairs, so
 * nothing more has to be configured or stored. Replacing a session key replaces its pair, too.
 */
export async function deriveIdentityKeys([first, ...others]: SessionKeys): Promise<
  [IdentityKey, ...IdentityKey[]]
> {
  return [await deriveIdentityKey(first), ...(await Promise.all(others.map(deriveIdentityKey)))];
}

async function deriveIdentityKey({ bytes }: SessionKeys[number]): Promise<IdentityKey> {
  // RFC 5869 §3.2: `info` binds the key to this use. Nobody can compute the session key, or the key of a cookie, from it.
  const seed = Buffer.from(hkdfSync('sha256', bytes, '', 'identity-token+Ed25519', 32));
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x } = v.parse(ExportedKey, createPublicKey(privateKey).export({ format: 'jwk' }));
  const key = { kty: 'OKP', crv: 'Ed25519', x } as const;
  // RFC 7638: a hash of the public key. The name in SESSION_KEYS stays secret: it may contain a date or a host.
  const kid = await calculateJwkThumbprint(key);
  return { privateKey, publicJwk: { ...key, kid, alg: 'EdDSA', use: 'sig' } };
}

const ExportedKey = v.object({ x: v.string() });

/** RFC 8410 §7: the PrivateKeyInfo of an Ed25519 key, up to the 32 bytes of the key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
