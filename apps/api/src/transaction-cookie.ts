import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { SessionKey } from './config.ts';
import { ApiError } from './errors.ts';
import { createSealer, defineCookie, type Cookie } from './sealed-cookie.ts';
import type { Topology } from './topology.ts';

/** What is remembered between the click and the provider's answer. Times are Unix seconds. */
const Transaction = v.object({
  stateHash: v.string(),
  codeVerifier: v.string(),
  redirectUri: v.string(),
  /** Which way of signing in it belongs to: one can't be finished as the other. */
  flow: v.literal('popup'),
  issuedAt: v.number(),
  expiresAt: v.number(),
  jti: v.string(),
});
export type Transaction = v.InferOutput<typeof Transaction>;

export const TRANSACTION_SECONDS = 600;
const MAX_PENDING = 5;
/** Between instances whose clocks differ. */
const CLOCK_SKEW_SECONDS = 60;

interface TransactionCookiesOptions {
  topology: Topology;
  keys: readonly SessionKey[];
}

/**
 * One cookie for each attempt, named after its state, so that two tabs don't break each other. The cookie is what
 * binds a state to this browser (RFC 6749 §10.12): the answer to somebody else's attempt finds none.
 */
export function createTransactionCookies({ topology, keys }: TransactionCookiesOptions) {
  const sealer = createSealer({ keys, purpose: 'transaction', schema: Transaction });
  const prefix = `${topology.nameCookie('tx')}_`;
  const cookieOf = (state: string) => defineCookie(prefix + hashState(state).slice(0, 16), topology);

  function pendingCookies(request: FastifyRequest): Cookie[] {
    return Object.keys(request.cookies)
      .filter((name) => name.startsWith(prefix) && /^[\w-]{16}$/.test(name.slice(prefix.length)))
      .map((name) => defineCookie(name, topology));
  }

  /** Makes room first: a browser that begins again and again must not outgrow the header limit of a proxy. */
  async function evictOldest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const pending = await Promise.all(
      pendingCookies(request).map(async (cookie) => {
        const opened = await sealer.open(cookie, request);
        return { cookie, issuedAt: opened.status === 'ok' ? opened.payload.issuedAt : 0 };
      }),
    );
    const newestFirst = pending.toSorted((a, b) => b.issuedAt - a.issuedAt);
    for (const { cookie } of newestFirst.slice(MAX_PENDING - 1)) cookie.clear(reply);
  }

  async function begin(request: FastifyRequest, reply: FastifyReply, redirectUri: string): Promise<Attempt> {
    await evictOldest(request, reply);
    const attempt = { state: randomToken(), codeVerifier: randomToken() };
    const cookie = cookieOf(attempt.state);
    const issuedAt = Math.floor(Date.now() / 1000);
    const value = await sealer.seal(cookie, {
      stateHash: hashState(attempt.state),
      codeVerifier: attempt.codeVerifier,
      redirectUri,
      flow: 'popup',
      issuedAt,
      expiresAt: issuedAt + TRANSACTION_SECONDS,
      jti: randomToken(),
    });
    if (!value) throw new ApiError('internal_error', { cause: { name: 'CookieTooLong' } });
    cookie.set(reply, { value, maxAgeSeconds: TRANSACTION_SECONDS });
    return attempt;
  }

  /** @throws ApiError, after clearing a cookie that can never be of use again */
  async function open(request: FastifyRequest, reply: FastifyReply, state: string): Promise<Transaction> {
    const cookie = cookieOf(state);
    const opened = await sealer.open(cookie, request);
    if (opened.status === 'absent') throw new ApiError('transaction_not_found');
    // A newer deployment may have sealed it, and may get the next request.
    if (opened.status === 'unknown_key') throw new ApiError('transaction_invalid');

    const now = Date.now() / 1000;
    if (
      opened.status === 'invalid' ||
      opened.payload.issuedAt > now + CLOCK_SKEW_SECONDS ||
      !timingSafeEqual(Buffer.from(hashState(state)), Buffer.from(opened.payload.stateHash))
    ) {
      cookie.clear(reply);
      throw new ApiError('transaction_invalid');
    }
    // The browser's clock and its word on Max-Age are not trusted.
    if (opened.payload.expiresAt <= now) {
      cookie.clear(reply);
      throw new ApiError('transaction_expired');
    }
    return opened.payload;
  }

  return {
    begin,
    open,
    clear: (reply: FastifyReply, state: string) => cookieOf(state).clear(reply),
    clearAll(request: FastifyRequest, reply: FastifyReply) {
      for (const cookie of pendingCookies(request)) cookie.clear(reply);
    },
  };
}

interface Attempt {
  state: string;
  /** RFC 7636 §4.1: 43 to 128 unreserved characters. */
  codeVerifier: string;
}

/** 256 bits in 43 characters of base64url. */
function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashState(state: string): string {
  return createHash('sha256').update(state).digest('base64url');
}
