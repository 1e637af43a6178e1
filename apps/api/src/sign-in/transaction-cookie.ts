import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { SessionKeys } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { createSealer, defineCookie, type Cookie } from '../http/sealed-cookie.ts';
import type { Topology } from '../topology.ts';

const Flow = v.picklist(['popup', 'redirect']);
/** Which way of signing in: by a script of the web app, or by the page itself (the server-side flow). */
export type Flow = v.InferOutput<typeof Flow>;

/** What is remembered between the click and the provider's answer. Times are Unix seconds. */
const Transaction = v.object({
  stateHash: v.string(),
  codeVerifier: v.string(),
  redirectUri: v.string(),
  /** An attempt of one flow can't be finished as the other. */
  flow: Flow,
  /** Where the server-side flow ends, on the web origin. */
  returnPath: v.optional(v.string()),
  /** The session that was there at the start. The server-side flow's end can't see it: its cookie is Strict. */
  replaces: v.optional(v.object({ sessionId: v.string(), endsAt: v.number() })),
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
  keys: SessionKeys;
}

/**
 * One cookie for each attempt, named after its state, so that two tabs don't break each other. The cookie is what
 * binds a state to this browser (RFC 6749 §10.12): the answer to somebody else's attempt finds none.
 */
export function createTransactionCookies({ topology, keys }: TransactionCookiesOptions) {
  const sealer = createSealer({ keys, purpose: 'transaction', schema: Transaction });
  const prefix = `${topology.nameCookie('tx')}_`;
  // The server-side flow's answer is a navigation from the provider's site, to which no Strict cookie goes along.
  const redirectAttributes = { cookieAttributes: { ...topology.cookieAttributes, sameSite: 'lax' } } as const;

  function cookieNamed(name: string, flow: Flow): Cookie {
    return defineCookie(name, flow === 'redirect' ? redirectAttributes : topology);
  }
  const cookieOf = (state: string, flow: Flow) => cookieNamed(prefix + hashState(state).slice(0, 16), flow);

  async function pendingCookies(request: FastifyRequest) {
    const names = Object.keys(request.cookies).filter(
      (name) => name.startsWith(prefix) && /^[\w-]{16}$/.test(name.slice(prefix.length)),
    );
    return Promise.all(
      names.map(async (name) => {
        const opened = await sealer.open({ name }, request);
        if (opened.status !== 'ok') return { cookie: cookieNamed(name, 'popup'), issuedAt: 0 };
        return { cookie: cookieNamed(name, opened.payload.flow), issuedAt: opened.payload.issuedAt };
      }),
    );
  }

  /** Makes room first: a browser that begins again and again must not outgrow the header limit of a proxy. */
  async function evictOldest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const pending = await pendingCookies(request);
    const newestFirst = pending.toSorted((a, b) => b.issuedAt - a.issuedAt);
    for (const { cookie } of newestFirst.slice(MAX_PENDING - 1)) cookie.clear(reply);
  }

  async function begin(request: FastifyRequest, reply: FastifyReply, beginning: Beginning): Promise<Attempt> {
    await evictOldest(request, reply);
    const attempt = { state: randomToken(), codeVerifier: randomToken() };
    const cookie = cookieOf(attempt.state, beginning.flow);
    const issuedAt = Math.floor(Date.now() / 1000);
    const value = await sealer.seal(cookie, {
      ...beginning,
      stateHash: hashState(attempt.state),
      codeVerifier: attempt.codeVerifier,
      issuedAt,
      expiresAt: issuedAt + TRANSACTION_SECONDS,
      jti: randomToken(),
    });
    if (!value) throw new ApiError('internal_error', { cause: { name: 'CookieTooLong' } });
    cookie.set(reply, { value, maxAgeSeconds: TRANSACTION_SECONDS });
    return attempt;
  }

  /** @throws ApiError, after clearing a cookie that can never be of use again */
  async function open(
    request: FastifyRequest,
    reply: FastifyReply,
    { state, flow }: { state: string; flow: Flow },
  ): Promise<Transaction> {
    const cookie = cookieOf(state, flow);
    const opened = await sealer.open(cookie, request);
    if (opened.status === 'absent') throw new ApiError('transaction_not_found');
    // A newer deployment may have sealed it, and may get the next request.
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
    clear: (reply: FastifyReply, attempt: { state: string; flow: Flow }) =>
      cookieOf(attempt.state, attempt.flow).clear(reply),
    async clearAll(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      for (const { cookie } of await pendingCookies(request)) cookie.clear(reply);
    },
  };
}

/** What an attempt has from its start, besides what is made for it. */
export type Beginning = Pick<Transaction, 'flow' | 'redirectUri' | 'returnPath' | 'replaces'>;

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
