import { Fault } from '../fault.ts';
import { recordFrom } from '../record.ts';
import { type AuthorizationResponse, authorizationResponse } from './authorization-response.ts';

/*
 * How the authorization response gets from the callback page to the tab that began the attempt. It needs no
 * opener: the window was disowned, and the provider's Cross-Origin-Opener-Policy may have cut it off anyway.
 * Each attempt has a BroadcastChannel of its own, which reaches our own origin alone.
 */

const RESEND_MS = 150;

type HandOverMessage =
  { v: 1; type: 'authorization-response'; response: AuthorizationResponse } | { v: 1; type: 'acknowledged' };

/** The channel is named after a hash of state, so that its name gives nothing away. */
export async function handOverChannelName(state: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state));
  return `oauth:${btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}`;
}

/**
 * The app's side. Resolves, once its channel is open, to a promise of the one response that belongs to this
 * state; that promise is rejected when the signal aborts. Anything else on the channel does nothing.
 */
export async function listenForAuthorizationResponse(
  state: string,
  signal: AbortSignal,
): Promise<{ response: Promise<AuthorizationResponse> }> {
  const name = await handOverChannelName(state);
  signal.throwIfAborted();
  const channel = new BroadcastChannel(name);
  const response = new Promise<AuthorizationResponse>((resolve, reject) => {
    channel.addEventListener('message', (event: MessageEvent<unknown>) => {
      const { v, type, response: sent } = recordFrom(event.data);
      if (v !== 1 || type !== 'authorization-response') return;
      const received = authorizationResponse(sent);
      if (received?.state !== state) return;
      channel.postMessage({ v: 1, type: 'acknowledged' } satisfies HandOverMessage);
      channel.close();
      resolve(received);
    });
    signal.addEventListener(
      'abort',
      () => {
        channel.close();
        reject(Fault.from(signal.reason));
      },
      { once: true },
    );
  });
  return { response };
}

/**
 * The callback page's side. Sends until somebody acknowledges; false if nobody did in time, because the tab
 * is gone or frozen.
 */
export async function handOverAuthorizationResponse(
  response: AuthorizationResponse,
  { timeoutMs }: { timeoutMs: number },
): Promise<boolean> {
  const channel = new BroadcastChannel(await handOverChannelName(response.state));
  const send = () =>
    channel.postMessage({ v: 1, type: 'authorization-response', response } satisfies HandOverMessage);
  return new Promise((resolve) => {
    const finish = (isAcknowledged: boolean) => {
      clearInterval(resend);
      clearTimeout(deadline);
      channel.close();
      resolve(isAcknowledged);
    };
    const resend = setInterval(send, RESEND_MS);
    const deadline = setTimeout(() => finish(false), timeoutMs);
    channel.addEventListener('message', (event: MessageEvent<unknown>) => {
      const { v, type } = recordFrom(event.data);
      if (v === 1 && type === 'acknowledged') finish(true);
    });
    send();
  });
}
