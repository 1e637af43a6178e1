import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as v from 'valibot';
import type { Secrets, SessionKeys } from '../config.ts';
import { openJson, sealJson } from '../sealed-json.ts';
import type { Topology } from '../topology.ts';
import { byteLengthOf, headerBytesLeft } from './answer-header.ts';

/** RFC 6265 §6.1: browsers send no longer cookie. Its name counts too. */
const MAX_COOKIE_BYTES = 4096;

/** Sets and clears one cookie with the same attributes: browsers ignore a deletion with other attributes. */
export interface Cookie {
  name: string;
  isSet: (request: Pick<FastifyRequest, 'cookies'>) => boolean;
  /** @returns false if the header of the answer would become too long. Then the cookie is not set. */
  set: (reply: FastifyReply, content: CookieContent) => boolean;
  /** @returns false if the header of the answer would become too long. Then the cookie is not cleared. */
  clear: (reply: FastifyReply) => boolean;
}

interface CookieContent {
  value: string;
  maxAgeSeconds: number;
  /** Space in the header of the answer for cookies that are set after this one. */
  bytesToKeepFree?: number;
}

export function defineCookie(name: string, { cookieAttributes }: Pick<Topology, 'cookieAttributes'>): Cookie {
  function set(reply: FastifyReply, { value, maxAgeSeconds, bytesToKeepFree = 0 }: CookieContent): boolean {
    const cookie = reply.server.serializeCookie(name, value, { ...cookieAttributes, maxAge: maxAgeSeconds });
    const isSet = headerBytesLeft(reply) >= byteLengthOf('set-cookie', cookie) + bytesToKeepFree;
    if (isSet) void reply.header('set-cookie', cookie);
    return isSet;
  }
  return {
    name,
    isSet: ({ cookies }) => cookies[name] !== undefined,
    set,
    clear: (reply) => set(reply, { value: '', maxAgeSeconds: 0 }),
  };
}

/** A newer deployment may have sealed a cookie with an `unknown_key`, so the cookie is not cleared. */
type Opened<T> =
  { status: 'ok'; payload: T } | { status: 'absent' } | { status: 'unknown_key' } | { status: 'invalid' };

/** Seals payloads of one kind into cookies. The browser can neither read nor change them. */
export interface Sealer<T> {
  seal: (payload: T) => string;
  open: (cookie: Pick<Cookie, 'name'>, request: Pick<FastifyRequest, 'cookies'>) => Opened<T>;
}

interface SealerOptions<T> {
  secrets: Pick<Secrets, 'sessionKeys'>;
  /** Each purpose has keys of its own, derived from these. A cookie sealed for one can't be opened for another. */
  purpose: string;
  schema: v.GenericSchema<unknown, T>;
}

export function createSealer<T>({ secrets, purpose, schema }: SealerOptions<T>): Sealer<T> {
  const typ = `${purpose}+jwe`;
  const subkeys = new WeakMap<SessionKeys[number], KeyObject>();

  function findKey(kid: string | undefined): KeyObject {
    if (kid === undefined) throw new TypeError('The cookie names no key');
    const key = secrets.sessionKeys.find((each) => each.kid === kid);
    if (!key) throw new UnknownKeyError();
    const subkey = subkeys.get(key) ?? deriveSubkey(key.bytes, purpose);
    subkeys.set(key, subkey);
    return subkey;
  }

  return {
    seal(payload) {
      const [{ kid }] = secrets.sessionKeys;
      return sealJson(payload, findKey(kid), { kid, typ });
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
