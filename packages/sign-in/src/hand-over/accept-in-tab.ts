import { promiseWithResolvers } from '../promise-with-resolvers.ts';
import { type AuthorizationResponse, parseAuthorizationResponse } from './authorization-response.ts';
import { openHandOverChannel } from './hand-over-channel.ts';

/** The response, or `finished` if the callback page has exchanged it itself. */
export type AcceptedResponse = AuthorizationResponse | 'finished';

export interface TabListener {
  /** The one response with this `state`. Never settles after `refuse`. */
  response: Promise<AcceptedResponse>;
  /** The transaction was cancelled: from now on, each of its callback pages gets the answer `refused`. */
  refuse(): void;
  close(): void;
}

/**
 * The tab's side of the hand-over: accepts one response from the callback page. Other messages do nothing.
 * @param options.takeFromWindow takes the response out of the window that this tab has opened, if that shows the callback page
 */
export async function acceptInTab(
  state: string,
  { takeFromWindow }: { takeFromWindow?: (state: string) => unknown } = {},
): Promise<TabListener> {
  const { promise, resolve } = promiseWithResolvers<AcceptedResponse>();
  let answer: 'listening' | 'refused' | 'done' = 'listening';

  function accept(accepted: AcceptedResponse): void {
    if (answer !== 'listening') return;
    answer = 'done';
    resolve(accepted);
  }

  const channel = await openHandOverChannel(state, ({ type, response, error }) => {
    if (type === 'arrived') {
      const taken = answer === 'listening' && parseAuthorizationResponse(takeFromWindow?.(state));
      if (taken && taken.state === state) return accept(taken);
      channel.post({ v: 1, type: answer });
    }
    if (type === 'finished') accept('finished');
    if (type !== 'authorization-response' && type !== 'ended') return;
    const received = parseAuthorizationResponse(type === 'ended' ? { state, error } : response);
    if (received?.state !== state) return;
    // Also after a cancel: the callback page has given the response away, and its window may close.
    channel.post({ v: 1, type: 'acknowledged' });
    accept(received);
  });
  return {
    response: promise,
    refuse() {
      answer = 'refused';
    },
    close: channel.close,
  };
}
