import { isLoopback } from '@oneclick/shared/is-loopback';
import { TopupResponse } from '@oneclick/shared/messages';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import type { Session } from '@oneclick/sign-in/src/session/tab-session.ts';
import { Fault } from '@oneclick/sign-in/src/api/fault.ts';

const TICK_MS = 1_000;
/** The window may stand beside ours: the balance is read now and then while it is open. */
const READ_EVERY_TICKS = 5;
const TICKS = 600;

/**
 * Opens the provider's top-up page in a new tab. Call it in the click itself: the tab opens before the link is
 * asked for. `onReturn` is called each time the user may have come back from it, until the signal aborts.
 */
export async function topUp(
  session: Pick<Session, 'fetchWithAccessToken'>,
  { onReturn, signal }: { onReturn: () => void; signal: AbortSignal },
): Promise<void> {
  const tab = window.open(WEB_PATHS.opening, '_blank');
  if (!tab) throw new Fault('tab_blocked');
  // As `noopener` would do, which gives back no tab to send on.
  tab.opener = null;
  try {
    const { topup_url } = await session.fetchWithAccessToken(PATHS.topup, {
      parse: (body) => v.parse(TopupResponse, body),
      signal,
    });
    if (!isSafeTopupUrl(topup_url)) throw new Fault('unsafe_topup_url');
    tab.location.replace(topup_url);
  } catch (error) {
    tab.close();
    throw error;
  }
  watchForReturn(tab, { onReturn, signal });
}

function watchForReturn(
  tab: Window,
  { onReturn, signal }: { onReturn: () => void; signal: AbortSignal },
): void {
  const onVisible = () => {
    if (document.visibilityState === 'visible') onReturn();
  };
  window.addEventListener('focus', onReturn, { signal });
  document.addEventListener('visibilitychange', onVisible, { signal });

  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (tab.closed || ticks % READ_EVERY_TICKS === 0) onReturn();
    if (tab.closed || ticks === TICKS) clearInterval(timer);
  }, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** The API has checked the link already. Once more, because a browser is about to follow it. */
export function isSafeTopupUrl(topupUrl: string): boolean {
  if (!URL.canParse(topupUrl)) return false;
  const { protocol, hostname, username, password } = new URL(topupUrl);
  return (
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) &&
    username === '' &&
    password === ''
  );
}
