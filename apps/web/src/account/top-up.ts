import { isLoopback } from '@oneclick/shared/is-loopback';
import { TopupResponse } from '@oneclick/shared/messages';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import type { Session } from '@oneclick/sign-in/src/session/tab-session.ts';
import { Fault } from '@oneclick/sign-in/src/api/fault.ts';

/**
 * Opens the provider's top-up page in a new tab. Call it in the click itself: the tab opens before the API is asked
 * for the link, because a browser blocks a tab that opens after anything awaited.
 */
export async function topUp(
  session: Pick<Session, 'fetchWithAccessToken'>,
): Promise<{ readonly closed: boolean }> {
  const tab = window.open(WEB_PATHS.opening, '_blank');
  if (!tab) throw new Fault('tab_blocked');
  // Not with `noopener`: then `open` returns no window to navigate.
  tab.opener = null;
  try {
    const { topup_url } = await session.fetchWithAccessToken(PATHS.topup, {
      parse: (body) => v.parse(TopupResponse, body),
    });
    if (!isSafeTopupUrl(topup_url)) throw new Fault('unsafe_topup_url');
    tab.location.replace(topup_url);
    return tab;
  } catch (error) {
    tab.close();
    throw error;
  }
}

/** Whether the browser may follow the link. The API has checked it already; its answer is not trusted here. */
export function isSafeTopupUrl(topupUrl: string): boolean {
  if (!URL.canParse(topupUrl)) return false;
  const { protocol, hostname, username, password } = new URL(topupUrl);
  return (
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) &&
    username === '' &&
    password === ''
  );
}
