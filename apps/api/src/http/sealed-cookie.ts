import { createSecretKey, hkdfSync, type webcrypto } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import * as v from 'valibot';
import type { SessionKeys } from '../config.ts';
import type { Topology } from '../topology.ts';

/** RFC 6265 §6.1: browsers drop a longer cookie without a word. Counted with its name. */
const MAX_COOKIE_BYTES = 4096;

/** One cookie: where it is set is where it is cleared, since a browser ignores a clearing with other attributes. */
export interface Cookie {
  name: string;
  set: (reply: FastifyReply, content: { value: string; maxAgeSeconds: number }) => void;
  clear: (reply: FastifyReply) => void;
}

export function defineCookie(name: string, { cookieAttributes }: Pick<Topology, 'cookieAttributes'>): Cookie {
  return {
    name,
    set: (reply, { value, maxAgeSeconds }) =>
      void reply.setCookie(name, value, { ...cookieAttributes, maxAge: maxAgeSeconds }),
    clear: (reply) => void reply.clearCookie(name, cookieAttributes),
  };
}

/** The four are told apart because they end differently. `unknown_key` may be a newer deployment's cookie. */
type Opened<T> =
  { status: 'ok'; payload: T } | { status: 'absent' } | { status: 'unknown_key' } | { status: 'invalid' };

/** Seals payloads of one kind into cookies, so that the browser keeps them and can neither read nor change them. */
export interface Sealer<T> {
  /** @returns undefined if the cookie would be too long to be kept */
  seal: (cookie: Cookie, payload: T) => Promise<string | undefined>;
  open: (cookie: Pick<Cookie, 'name'>, request: Pick<FastifyRequest, 'cookies'>) => Promise<Opened<T>>;
}

interface SealerOptions<T> {
  keys: SessionKeys;
  /** Binds the cookie to its use: one kind can't be opened as another. */
  purpose: string;
  schema: v.GenericSchema<unknown, T>;
}

export function createSealer<T>({ keys, purpose, schema }: SealerOptions<T>): Sealer<T> {
  const typ = `${purpose}+jwe`;
  const subkeys = new Map(keys.map(({ kid, bytes }) => [kid, deriveSubkey(bytes, purpose)] as const));
  const [sealingKid, sealingKey] = [...subkeys][0] ?? [];
  if (!sealingKid || !sealingKey) throw new TypeError('A sealer needs a key');

  return {
    async seal(cookie, payload) {
      const value = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: sealingKid, typ })
        .encrypt(sealingKey);
      return cookie.name.length + value.length <= MAX_COOKIE_BYTES ? value : undefined;
    },

    async open({ name }, request) {
      const value = request.cookies[name];
      if (!value) return { status: 'absent' };
      if (name.length + value.length > MAX_COOKIE_BYTES) return { status: 'invalid' };
      let isKeyUnknown = false;
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(
          value,
          ({ kid }) => {
            const subkey = subkeys.get(kid ?? '');
            isKeyUnknown = kid !== undefined && !subkey;
            if (!subkey) throw new TypeError('unknown key id');
            return subkey;
          },
          // Without these lists the header, which anyone can write, would choose how it is opened.
          {
            keyManagementAlgorithms: ['dir'],
            contentEncryptionAlgorithms: ['A256GCM'],
            maxDecompressedLength: 0,
          },
        );
        if (protectedHeader.typ !== typ) return { status: 'invalid' };
        return { status: 'ok', payload: v.parse(schema, JSON.parse(new TextDecoder().decode(plaintext))) };
      } catch {
        return { status: isKeyUnknown ? 'unknown_key' : 'invalid' };
      }
    },
  };
}

/** As a CryptoKey: raw bytes would be imported anew for every cookie. */
function deriveSubkey(bytes: Uint8Array, purpose: string): webcrypto.CryptoKey {
  return createSecretKey(new Uint8Array(hkdfSync('sha256', bytes, '', purpose, 32))).toCryptoKey(
    'AES-GCM',
    false,
    ['encrypt', 'decrypt'],
  );
}
