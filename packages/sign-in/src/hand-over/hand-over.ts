import { recordFrom } from '../api/record.ts';
import { type AuthorizationResponse, authorizationResponse } from './authorization-response.ts';

/*
 * How the authorization response gets from the callback page to the tab that began the attempt. It needs no
 * opener: the window was disowned, and the provider's Cross-Origin-Opener-Policy may have cut it off anyway.
 * Each attempt has a BroadcastChannel of its own, which reaches our own origin alone.
 *
 *     callback page                      tab
 *       arrived (until it is answered) →
 *                                      ← listening    (or: refused, done)
 *       authorization-response, once   →
 *                                      ← acknowledged
 *
 * Whoever holds the response decides who exchanges it, and that is always one: the callback page gives it away
 * once, or keeps it and exchanges it itself. A tab that was frozen and wakes up late asks in vain.
 */

const RESEND_MS = 150;

type HandOverMessage = { v: 1 } & (
  | { type: 'arrived' }
  | { type: 'authorization-response'; response: AuthorizationResponse }
  /** The callback page has made the exchange itself, well or badly. */
  | { type: 'finished' }
  | { type: 'listening' | 'acknowledged' }
  /** The attempt was cancelled. The window closes, and nothing is exchanged. */
  | { type: 'refused' }
  /** Another window has brought the answer to this attempt. */
  | { type: 'done' }
);

/** The channel is named after a hash of state, so that its name gives nothing away. */
export async function handOverChannelName(state: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state));
  return `oauth:${btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}`;
}

async function openChannel(state: string, onMessage: (message: Record<string, unknown>) => void) {
  const channel = new BroadcastChannel(await handOverChannelName(state));
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = recordFrom(data);
    if (message['v'] === 1) onMessage(message);
  });
  return {
    say: (message: HandOverMessage) => channel.postMessage(message),
    close: () => channel.close(),
  };
}

export type HandOverListener = {
  /** The one response that belongs to this state; `finished` if the window has exchanged it. Never settles after `refuse`. */
  response: Promise<AuthorizationResponse | 'finished'>;
  /** From now on whoever brings a response is told that it is not wanted. */
  refuse: () => void;
  close: () => void;
};

/** The app's side. Whatever else is said on the channel does nothing. */
export async function listenForAuthorizationResponse(state: string): Promise<HandOverListener> {
  const { promise, resolve } = Promise.withResolvers<AuthorizationResponse | 'finished'>();
  let answer: 'listening' | 'refused' | 'done' = 'listening';

  function take(received: AuthorizationResponse | 'finished'): void {
    if (answer !== 'listening') return;
    answer = 'done';
    resolve(received);
  }

  const channel = await openChannel(state, ({ type, response }) => {
    if (type === 'arrived') channel.say({ v: 1, type: answer });
    if (type === 'finished') take('finished');
    if (type !== 'authorization-response') return;
    const received = authorizationResponse(response);
    if (received?.state !== state) return;
    // To a cancelled attempt, too: the window has given it away and may close.
    channel.say({ v: 1, type: 'acknowledged' });
    take(received);
  });
  return {
    response: promise,
    refuse() {
      answer = 'refused';
    },
    close: channel.close,
  };
}

export type AuthorizationResponseOffer = {
  /** `acknowledged`: the tab has it. `refused`, `done`: nobody wants it. May never settle: the tab may be gone. */
  outcome: Promise<'acknowledged' | 'refused' | 'done'>;
  /** Keeps the response, for an exchange from this page. False if it has been given away. */
  keep: () => boolean;
  /** To be said after that exchange: the tab looks what came of it. */
  finished: () => void;
  close: () => void;
};

/** The callback page's side: offers the response until the tab takes it, or this page keeps it. */
export async function offerAuthorizationResponse(
  response: AuthorizationResponse,
): Promise<AuthorizationResponseOffer> {
  const { promise, resolve } = Promise.withResolvers<'acknowledged' | 'refused' | 'done'>();
  let isGiven = false;
  const channel = await openChannel(response.state, ({ type }) => {
    if (type === 'listening' && !isGiven) {
      isGiven = true;
      clearInterval(resend);
      channel.say({ v: 1, type: 'authorization-response', response });
    }
    if ((type === 'acknowledged' && isGiven) || type === 'refused' || type === 'done') {
      clearInterval(resend);
      resolve(type);
    }
  });
  const ask = () => channel.say({ v: 1, type: 'arrived' });
  const resend = setInterval(ask, RESEND_MS);
  ask();
  return {
    outcome: promise,
    keep() {
      clearInterval(resend);
      const isOurs = !isGiven;
      isGiven = true;
      return isOurs;
    },
    finished: () => channel.say({ v: 1, type: 'finished' }),
    close() {
      clearInterval(resend);
      channel.close();
    },
  };
}
