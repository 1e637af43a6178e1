import { promiseWithResolvers } from '../promise-with-resolvers.ts';
import type { AuthorizationResponse } from './authorization-response.ts';
import { openHandOverChannel } from './hand-over-channel.ts';

const RESEND_MS = 150;

export interface HandOver {
  /**
   * `acknowledged`: a tab has the response. `refused`: the transaction was cancelled. `done`: another window was first.
   * May never settle, because the tab may be gone.
   */
  outcome: Promise<'acknowledged' | 'refused' | 'done'>;
  /** Keeps the response, to exchange it from this page. Returns false if it has been given away. */
  keep(): boolean;
  /** Call it after that exchange: it notifies the tab, which then restores the session. */
  finished(): void;
  close(this: void): void;
}

/** The callback page's side of the hand-over: offers the response until a tab takes it, or this page keeps it. */
export async function handOverFromCallbackPage(response: AuthorizationResponse): Promise<HandOver> {
  const { promise, resolve } = promiseWithResolvers<'acknowledged' | 'refused' | 'done'>();
  let isGivenOrKept = false;
  const channel = await openHandOverChannel(response.state, ({ type }) => {
    if (type === 'listening' && claim()) channel.post({ v: 1, type: 'authorization-response', response });
    if ((type === 'acknowledged' && isGivenOrKept) || type === 'refused' || type === 'done') {
      clearInterval(resend);
      resolve(type);
    }
  });

  /** Decides what happens with the response, once: true for the first caller, who then has it. */
  function claim(): boolean {
    clearInterval(resend);
    const isFirst = !isGivenOrKept;
    isGivenOrKept = true;
    return isFirst;
  }

  window.oneclickTakeResponse = (state) => {
    if (state !== response.state || !claim()) return undefined;
    resolve('acknowledged');
    return response;
  };
  const arrive = () => channel.post({ v: 1, type: 'arrived' });
  const resend = setInterval(arrive, RESEND_MS);
  arrive();
  return {
    outcome: promise,
    keep: claim,
    finished: () => channel.post({ v: 1, type: 'finished' }),
    close() {
      clearInterval(resend);
      window.oneclickTakeResponse = undefined;
      channel.close();
    },
  };
}
