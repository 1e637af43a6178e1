import type { FastifyReply, FastifyRequest } from 'fastify';
import { defineCookie } from '../http/sealed-cookie.ts';
import type { Topology } from '../topology.ts';

/** Records that the user of this browser has signed out: the next sign-in lets them choose another account. */
export interface SignedOutCookie {
  isSet: (request: FastifyRequest) => boolean;
  set: (reply: FastifyReply) => void;
  clear: (reply: FastifyReply) => void;
}

const MAX_AGE_SECONDS = 30 * 86_400;

export function createSignedOutCookie(topology: Topology): SignedOutCookie {
  const cookie = defineCookie(topology.nameCookie('signed-out'), topology);
  return {
    isSet: ({ cookies }) => cookies[cookie.name] !== undefined,
    set: (reply) => cookie.set(reply, { value: '1', maxAgeSeconds: MAX_AGE_SECONDS }),
    clear: cookie.clear,
  };
}
