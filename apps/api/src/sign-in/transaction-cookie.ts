import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { FLOWS, type Flow } from '../http/events.ts';
import { createSealer, defineCookie, type Cookie } from '../http/sealed-cookie.ts';

/** What the API remembers between the click and the authorization response. Times are Unix seconds. */
const Transaction = v.object({
  stateHash: v.string(),
  codeVerifier: v.string(),
  redirectUri: v.string(),
  /** A transaction of one flow can't be finished by the other. */
  flow: v.picklist(FLOWS),
  /** The path of the web origin at which the server-side flow ends. */
  returnPath: v.optional(v.string()),
  /** The session at the start of the server-side flow. Its cookie is Strict, so the callback does not receive it. */
  replaces: v.optional(v.object({ sessionId: v.string(), endsAt: v.number() })),
  issuedAt: v.number(),
  expiresAt: v.number(),
  jti: v.string(),
});
type Transaction = v.InferOutput<typeof Transaction>;

/** The part of a transaction that the caller chooses. */
export type TransactionRequest = Pick<Transaction, 'flow' | 'redirectUri' | 'returnPath' | 'replaces'>;

interface TransactionSecrets {
  state: string;
  /** RFC 7636 §4.1: 43 to 128 unreserved characters. */
  codeVerifier: string;
}

interface TransactionKey {
  state: string;
  flow: Flow;
}

/**
 * The pending transactions of a browser, each in a cookie of its own that is named after its state, so that two tabs
 * don't overwrite each other's. The cookie binds the state to this browser (RFC 6749 §10.12): an authorization response
 * that another browser requested finds no cookie.
 */
export interface TransactionCookies {
  create: (
    request: FastifyRequest,
    reply: FastifyReply,
    transaction: TransactionRequest,
  ) => TransactionSecrets;
  /**
   * Clears the cookie if it can never be used again.
   * @throws ApiError
   */
  open: (request: FastifyRequest, reply: FastifyReply, key: TransactionKey) => Transaction;
  clear: (reply: FastifyReply, key: TransactionKey) => void;
  clearAll: (request: FastifyRequest, reply: FastifyReply) => void;
}

export const TRANSACTION_SECONDS = 600;
const MAX_PENDING = 5;
/** Between the clocks of two instances. */
const CLOCK_SKEW_SECONDS = 60;

export function createTransactionCookies({ topology, sessionKeys }: Config): TransactionCookies {
  const sealer = createSealer({ keys: sessionKeys, purpose: 'transaction', schema: Transaction });
  const prefix = `${topology.nameCookie('tx')}_`;
  // The callback of the server-side flow is a navigation from the provider's site, which carries no Strict cookie.
  const laxAttributes = { cookieAttributes: { ...topology.cookieAttributes, sameSite: 'lax' } } as const;

  const cookieNamed = (name: string, flow: Flow): Cookie =>
    defineCookie(name, flow === 'server-side' ? laxAttributes : topology);
  const cookieOf = ({ state, flow }: TransactionKey): Cookie =>
    cookieNamed(prefix + hashState(state).slice(0, 16), flow);

  function pendingCookies(request: FastifyRequest) {
    const names = Object.keys(request.cookies).filter(
      (name) => name.startsWith(prefix) && /^[\w-]{16}$/.test(name.slice(prefix.length)),
    );
    return names.map((name) => {
      const opened = sealer.open({ name }, request);
      if (opened.status !== 'ok') return { cookie: cookieNamed(name, 'browser'), issuedAt: 0 };
      return { cookie: cookieNamed(name, opened.payload.flow), issuedAt: opened.payload.issuedAt };
    });
  }

  /** Makes room for one more. The cookies of a browser must not outgrow the header limit of a proxy. */
  function clearOldest(request: FastifyRequest, reply: FastifyReply): void {
    const newestFirst = pendingCookies(request).toSorted((a, b) => b.issuedAt - a.issuedAt);
    for (const { cookie } of newestFirst.slice(MAX_PENDING - 1)) cookie.clear(reply);
  }

  return {
    create(request, reply, transaction) {
      clearOldest(request, reply);
      const secrets = { state: randomToken(), codeVerifier: randomToken() };
      const cookie = cookieOf({ state: secrets.state, flow: transaction.flow });
      const issuedAt = Math.floor(Date.now() / 1000);
      const value = sealer.seal(cookie, {
        ...transaction,
        stateHash: hashState(secrets.state),
        codeVerifier: secrets.codeVerifier,
        issuedAt,
        expiresAt: issuedAt + TRANSACTION_SECONDS,
        jti: randomToken(),
      });
      if (!value) throw new ApiError('internal_error', { cause: { name: 'CookieTooLong' } });
      cookie.set(reply, { value, maxAgeSeconds: TRANSACTION_SECONDS });
      return secrets;
    },

    open(request, reply, { state, flow }) {
      const cookie = cookieOf({ state, flow });
      const opened = sealer.open(cookie, request);
      if (opened.status === 'absent') throw new ApiError('transaction_not_found');
      // A newer deployment may have sealed the cookie, and may receive the next request.
      if (opened.status === 'unknown_key') throw new ApiError('transaction_invalid');

      const now = Date.now() / 1000;
      if (
        opened.status === 'invalid' ||
        opened.payload.flow !== flow ||
        opened.payload.issuedAt > now + CLOCK_SKEW_SECONDS ||
        !timingSafeEqual(Buffer.from(hashState(state)), Buffer.from(opened.payload.stateHash))
      ) {
        cookie.clear(reply);
        throw new ApiError('transaction_invalid');
      }
      // A browser may ignore Max-Age or have a wrong clock.
      if (opened.payload.expiresAt <= now) {
        cookie.clear(reply);
        throw new ApiError('transaction_expired');
      }
      return opened.payload;
    },

    clear: (reply, key) => cookieOf(key).clear(reply),

    clearAll(request, reply) {
      for (const { cookie } of pendingCookies(request)) cookie.clear(reply);
    },
  };
}

/** 256 random bits in 43 characters of base64url. */
function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashState(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
