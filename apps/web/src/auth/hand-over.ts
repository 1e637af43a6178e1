import { recordFrom } from '../record.ts';
import { type AuthorizationResponse, authorizationResponse } from './authorization-response.ts';

/*
 * How the authorization response gets from the callback page to the tab that began the attempt. It needs no
 * opener: the window was disowned, and the provider's Cross-Origin-Opener-Policy may have cut it off anyway.
 * Each attempt has a BroadcastChannel of its own, which reaches our own origin alone.
 */

const RESEND_MS = 150;

type HandOverMessage =
  | { v: 1; type: 'authorization-response'; response: AuthorizationResponse }
  | { v: 1; type: 'acknowledged' }
  /** The attempt was cancelled. The window closes, and nothing is exchanged. */
  | { v: 1; type: 'refused' };

/** The channel is named after a hash of state, so that its name gives nothing away. */
export async function handOverChannelName(state: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state));
  return `oauth:${btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}`;
}

export type HandOverListener = {
  /** The one response that belongs to this state. Never settles after `refuse` or `close`. */
  response: Promise<AuthorizationResponse>;
  /** From now on whoever brings a response is told that it is not wanted. */
  refuse: () => void;
  close: () => void;
};

/** The app's side. Once this resolves, no answer can come too early. Whatever else is said does nothing. */
export async function listenForAuthorizationResponse(state: string): Promise<HandOverListener> {
  const channel = new BroadcastChannel(await handOverChannelName(state));
  const say = (type: 'acknowledged' | 'refused') =>
    channel.postMessage({ v: 1, type } satisfies HandOverMessage);
  const { promise, resolve } = Promise.withResolvers<AuthorizationResponse>();
  let isRefusing = false;
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    const { v, type, response } = recordFrom(event.data);
    if (v !== 1 || type !== 'authorization-response') return;
    const received = authorizationResponse(response);
    if (received?.state !== state) return;
    if (isRefusing) return say('refused');
    say('acknowledged');
    channel.close();
    resolve(received);
  });
  return {
    response: promise,
    refuse: () => {
      isRefusing = true;
    },
    close: () => channel.close(),
  };
}

/**
 * The callback page's side. Sends until somebody answers; `unanswered` if nobody did in time, because the tab
 * is gone or frozen.
 */
export async function handOverAuthorizationResponse(
  response: AuthorizationResponse,
  { timeoutMs }: { timeoutMs: number },
): Promise<'acknowledged' | 'refused' | 'unanswered'> {
  const channel = new BroadcastChannel(await handOverChannelName(response.state));
  const { promise, resolve } = Promise.withResolvers<'acknowledged' | 'refused' | 'unanswered'>();
  const send = () =>
    channel.postMessage({ v: 1, type: 'authorization-response', response } satisfies HandOverMessage);
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    const { v, type } = recordFrom(event.data);
    if (v === 1 && (type === 'acknowledged' || type === 'refused')) resolve(type);
  });
  const resend = setInterval(send, RESEND_MS);
  const deadline = setTimeout(() => resolve('unanswered'), timeoutMs);
  send();
  return promise.finally(() => {
    clearInterval(resend);
    clearTimeout(deadline);
    channel.close();
  });
}
