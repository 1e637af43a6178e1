import { recordFrom } from '../record.ts';

/*
 * What the tabs of this app tell each other. No token goes this way: a tab that hears of another sign-in asks
 * the API for a token of its own.
 */

const CHANNEL = 'session';

type News = { type: 'signed-in'; sessionId: string } | { type: 'signed-out' };

export type OtherTabs = { tell: (news: News) => void; close: () => void };

export function listenToOtherTabs(onNews: (news: News) => void): OtherTabs {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    const { type, sessionId } = recordFrom(event.data);
    if (type === 'signed-out') onNews({ type });
    if (type === 'signed-in' && typeof sessionId === 'string') onNews({ type, sessionId });
  });
  return { tell: (news) => channel.postMessage(news), close: () => channel.close() };
}
