import type { FastifyReply, FastifyRequest } from 'fastify';
import { defineCookie, type Cookie } from '../http/sealed-cookie.ts';
import type { Topology } from '../topology.ts';

/** The header field that sets the hint. The session cookie, which may take the whole space, leaves this much. */
const HINT_BYTES = 120;

/**
 * The session cookie, and a hint for the page that it exists: a second cookie without content, which scripts can read.
 * Both are set and cleared together. A mark that the page itself stores can be lost while the session lasts: Safari
 * removes such data after seven days.
 */
export interface SessionCookie extends Cookie {
  /** For a request without a session cookie: clears the hint if the browser has kept it alone. */
  clearLoneHint: (request: FastifyRequest, reply: FastifyReply) => void;
}

export function defineSessionCookie(topology: Topology): SessionCookie {
  const cookie = defineCookie(topology.nameCookie('session'), topology);
  const { sessionHintName } = topology;
  if (sessionHintName === undefined) return { ...cookie, clearLoneHint: () => undefined };

  const cookieAttributes = { ...topology.cookieAttributes, httpOnly: false };
  const hint = defineCookie(sessionHintName, { cookieAttributes });
  return {
    ...cookie,
    set: (reply, content) =>
      cookie.set(reply, { ...content, bytesToKeepFree: HINT_BYTES }) &&
      hint.set(reply, { ...content, value: '1' }),
    clear: (reply) => cookie.clear(reply) && hint.clear(reply),
    clearLoneHint(request, reply) {
      if (hint.isSet(request)) hint.clear(reply);
    },
  };
}
