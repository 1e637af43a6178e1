import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as v from 'valibot';
import type { SessionKeys } from '../config.ts';
import { openJson, sealJson } from '../sealed-json.ts';
import type { Topology } from '../topology.ts';

/** RFC 6265 §6.1. Browsers silently drop a longer cookie. Its name counts too. */
const MAX_COOKIE_BYTES = 4096;

/** Sets and clears one cookie with the same attributes: browsers ignore a deletion with other attributes. */
export interface Cookie {
  name: string;
  isSet: (request: Pick<FastifyRequest, 'cookies'>) => boolean;
  set: (reply: FastifyReply, content: { value: string; maxAgeSeconds: number }) => void;
  clear: (reply: FastifyReply) => void;
}

export function defineCookie(name: string, { cookieAttributes }: Pick<Topology, 'cookieAttributes'>): Cookie {
  return {
    name,
    isSet: ({ cookies }) => cookies[name] !== undefined,
    set: (reply, { value, maxAgeSeconds }) =>
      void reply.setCookie(name, value, { ...cookieAttributes, maxAge: maxAgeSeconds }),
    clear: (reply) => void reply.clearCookie(name, cookieAttributes),
  };
}

/** A newer deployment may have sealed a cookie with an `unknown_key`, so the cookie is not cleared. */
type Opened<T> =
  { status: 'ok'; payload: T } | { status: 'absent' } | { status: 'unknown_key' } | { status: 'invalid' };

/** Seals payloads of one kind into cookies. The browser can neither read nor change them. */
export interface Sealer<T> {
  /** @returns undefined if browsers would drop the cookie because of its length */
  seal: (cookie: Cookie, payload: T) => string | undefined;
  open: (cookie: Pick<Cookie, 'name'>, request: Pick<FastifyRequest, 'cookies'>) => Opened<T>;
}

interface SealerOptions<T> {
  keys: SessionKeys;
  /** Each purpose has keys of its own, derived from `keys`. A cookie sealed for one can't be opened for another. */
  purpose: string;
  schema: v.GenericSchema<unknown, T>;
}

export function createSealer<T>({ keys, purpose, schema }: SealerOptions<T>): Sealer<T> {
  const typ = `${purpose}+jwe`;
  const [{ kid: sealingKid }] = keys;
  const subkeys = new Map(keys.map(({ kid, bytes }) => [kid, deriveSubkey(bytes, purpose)]));

  function findKey(kid: string | undefined): KeyObject {
    if (kid === undefined) throw new TypeError('The cookie names no key');
    const subkey = subkeys.get(kid);
    if (!subkey) throw new UnknownKeyError();
    return subkey;
  }

  return {
    seal(cookie, payload) {
      const value = sealJson(payload, findKey(sealingKid), { kid: sealingKid, typ });
      return cookie.name.length + value.length <= MAX_COOKIE_BYTES ? value : undefined;
    },

    open({ name }, request) {
      const value = request.cookies[name];
      if (!value) return { status: 'absent' };
      if (name.length + value.length > MAX_COOKIE_BYTES) return { status: 'invalid' };
      try {
        return { status: 'ok', payload: openJson(value, { findKey, typ, schema }) };
      } catch (error) {
        return { status: error instanceof UnknownKeyError ? 'unknown_key' : 'invalid' };
      }
    },
  };
}

class UnknownKeyError extends Error {}

function deriveSubkey(bytes: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(new Uint8Array(hkdfSync('sha256', bytes, '', purpose, 32)));
}
