import type { TokenResponse } from '@oneclick/shared/messages';
import { type Notice, parseNotice } from '../api/fault.ts';
import { recordFrom } from '../api/record.ts';
import { parseTokenResponse } from '../api/api-answers.ts';

/*
 * What the tabs of this app tell each other, in memory and within our own origin. An access token goes this way
 * only to tabs that have the same session already, so that one refresh serves all: whoever else hears of a
 * session asks the API, and its cookie says whose it is. Nothing that is heard here can put another user's
 * token into a tab. One app per origin (RFC 10017 §9.4), or the other one listens.
 */

const CHANNEL = 'session';
/** A tab that was frozen hears old news: the token in it is older than it says. */
const NEWS_LASTS_MS = 5_000;

type News =
  | { type: 'signed-in' }
  | { type: 'refreshed'; response: TokenResponse }
  | { type: 'signed-out' }
  | { type: 'ended'; sessionId: string; notice: Notice };

export type OtherTabs = { tell: (news: News) => void; close: () => void };

export function listenToOtherTabs(onNews: (news: News) => void): OtherTabs {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const news = parseNews(recordFrom(data));
    if (news) onNews(news);
  });
  return {
    tell: (news) => channel.postMessage({ ...news, toldAtMs: Date.now() }),
    close: () => channel.close(),
  };
}

/** Copies the fields that we know, and drops what is not news. */
function parseNews({
  type,
  response,
  toldAtMs,
  sessionId,
  notice,
}: Record<string, unknown>): News | undefined {
  if (type === 'signed-in' || type === 'signed-out') return { type };
  if (type === 'refreshed' && Math.abs(Date.now() - Number(toldAtMs)) < NEWS_LASTS_MS) {
    try {
      return { type, response: parseTokenResponse(response) };
    } catch {
      return undefined;
    }
  }
  const ended = parseNotice(recordFrom(notice));
  return type === 'ended' && typeof sessionId === 'string' && ended
    ? { type, sessionId, notice: ended }
    : undefined;
}
