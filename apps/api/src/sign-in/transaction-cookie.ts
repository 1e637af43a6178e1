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

interface CreatedTransaction {
  state: string;
  /** RFC 7636 §4.1: 43 to 128 unreserved characters. */
  codeVerifier: string;
  /** Makes room for this transaction in the browser. Call it last: it clears as many cookies as the answer can hold. */
  clearOldest: () => void;
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
  ) => CreatedTransaction;
  /**
   * Clears the cookie if it can never be used again.
   * @throws ApiError
   */
  open: (request: FastifyRequest, reply: FastifyReply, key: TransactionKey) => Transaction;
  /** @returns the id of the newest transaction that can still be finished */
  findNewest: (request: FastifyRequest) => string | undefined;
  clear: (reply: FastifyReply, key: TransactionKey) => void;
  /** Clears as many cookies as the answer can hold, the newest first. Call it last. */
  clearAll: (request: FastifyRequest, reply: FastifyReply) => void;
}

export const TRANSACTION_SECONDS = 600;
const MAX_PENDING = 5;
/**
 * For all pending transactions of a browser. A stock nginx refuses a request whose Cookie header is longer than 8 KB. The
 * cookies of this API stay under 7,000 bytes, and a session can have half of them.
 */
const MAX_PENDING_BYTES = 3400;
/** Between the clocks of two instances. */
const CLOCK_SKEW_SECONDS = 60;

export function createTransactionCookies({ topology, secrets }: Config): TransactionCookies {
  const sealer = createSealer({ secrets, purpose: 'transaction', schema: Transaction });
  const prefix = `${topology.nameCookie('tx')}_`;
  // The callback of the server-side flow is a navigation from the provider's site, which carries no Strict cookie.
  const laxAttributes = { cookieAttributes: { ...topology.cookieAttributes, sameSite: 'lax' } } as const;

  const cookieNamed = (name: string, flow: Flow): Cookie =>
    defineCookie(name, flow === 'server-side' ? laxAttributes : topology);
  const cookieOf = ({ state, flow }: TransactionKey): Cookie =>
    cookieNamed(prefix + hashState(state).slice(0, 16), flow);

  /** The newest first. A browser sends its oldest cookies first (RFC 6265 §5.4), and only the last ones are opened. */
  function findPending(request: FastifyRequest) {
    const names = Object.keys(request.cookies).filter(
      (name) => name.startsWith(prefix) && /^[\w-]{16}$/.test(name.slice(prefix.length)),
    );
    return names
      .map((name, index) => {
        const opened = index >= names.length - MAX_PENDING ? sealer.open({ name }, request) : undefined;
        const { flow, issuedAt, expiresAt, jti } = opened?.status === 'ok' ? opened.payload : UNREADABLE;
        const bytes = byteLength(name, request.cookies[name]);
        return { cookie: cookieNamed(name, flow), bytes, issuedAt, expiresAt, jti };
      })
      .toSorted((a, b) => b.issuedAt - a.issuedAt);
  }

  return {
    create(request, reply, transaction) {
      const [state, codeVerifier] = [randomToken(), randomToken()];
      const cookie = cookieOf({ state, flow: transaction.flow });
      const issuedAt = Math.floor(Date.now() / 1000);
      const value = sealer.seal({
        ...transaction,
        stateHash: hashState(state),
        codeVerifier,
        issuedAt,
        expiresAt: issuedAt + TRANSACTION_SECONDS,
        jti: randomToken(),
      });
      if (!cookie.set(reply, { value, maxAgeSeconds: TRANSACTION_SECONDS })) {
        throw new ApiError('internal_error', { cause: { name: 'CookieTooLong' } });
      }
      function clearOldest(): void {
        let bytesLeft = MAX_PENDING_BYTES - byteLength(cookie.name, value);
        for (const [index, pending] of findPending(request).entries()) {
          bytesLeft -= pending.bytes;
          if (index >= MAX_PENDING - 1 || bytesLeft < 0) pending.cookie.clear(reply);
        }
      }
      return { state, codeVerifier, clearOldest };
    },

    open(request, reply, { state, flow }) {
      const cookie = cookieOf({ state, flow });
      const opened = sealer.open(cookie, request);
      if (opened.status === 'absent') {
        // With that many others, the cookies of this browser work, and `clearOldest` has made room for newer ones.
        const others = findPending(request).filter(({ issuedAt }) => issuedAt > UNREADABLE.issuedAt);
        const isReplaced = others.length >= MAX_PENDING - 1;
        throw new ApiError(isReplaced ? 'transaction_replaced' : 'transaction_not_found');
      }
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

    findNewest(request) {
      const [newest] = findPending(request);
      return newest && newest.expiresAt > Date.now() / 1000 ? newest.jti : undefined;
    },

    clear: (reply, key) => void cookieOf(key).clear(reply),

    clearAll(request, reply) {
      for (const { cookie } of findPending(request)) cookie.clear(reply);
    },
  };
}

/** A cookie that can't be opened counts as the oldest. */
const UNREADABLE = { flow: 'browser', issuedAt: 0, expiresAt: 0, jti: '' } as const;

/** In the Cookie header: the name, `=`, the value, `; `. */
function byteLength(name: string, value = ''): number {
  return name.length + value.length + 3;
}

/** 256 random bits in 43 characters of base64url. */
function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashState(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
