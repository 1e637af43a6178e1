import { isLoopback } from '@oneclick/shared/is-loopback';
import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import { parseTopupResponse } from '../api/api-answers.ts';
import { openWindow } from '../open-window.ts';
import { parseUrl } from '../parse-url.ts';
import type { SignInClient, TopUpTab } from '../sign-in-client.ts';
import { SignInError } from '../sign-in-error.ts';

/** Opens the provider's top-up page in a new tab. Call it in the click itself: the tab opens before the request. */
export async function topUp(fetchWithAccessToken: SignInClient['fetchWithAccessToken']): Promise<TopUpTab> {
  // Not with `noopener`, which returns no tab to send on.
  const tab = openWindow();
  if (!tab) throw new SignInError('tab_blocked');
  try {
    const { topup_url } = await fetchWithAccessToken(WEB_APP_CALLS.topup, { parse: parseTopupResponse });
    if (!isSafeTopupUrl(topup_url)) throw new SignInError('unsafe_topup_url');
    goTo(tab, topup_url);
  } catch (error) {
    tab.close();
    throw error;
  }
  return {
    get closed() {
      return tab.closed;
    },
  };
}

function goTo(tab: Window, address: string): void {
  try {
    tab.location.replace(address);
  } catch (cause) {
    throw new SignInError('tab_blocked', { cause });
  }
}

/** The API has checked the link already. Checked again here, because this browser is about to follow it. */
export function isSafeTopupUrl(topupUrl: string): boolean {
  const url = parseUrl(topupUrl);
  if (!url) return false;
  const { protocol, hostname, username, password } = url;
  return (
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) &&
    username === '' &&
    password === ''
  );
}
