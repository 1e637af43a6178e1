import { PATHS } from '@oneclick/shared/paths';
import { tokensOf, type Browser } from './browser.ts';
import type { useProvider } from './test-provider.ts';

/** The whole way: click, provider, callback. */
export async function signIn(browser: Browser, provider: ReturnType<typeof useProvider>) {
  const { authorizationUrl, state } = await browser.start();
  return tokensOf(
    await browser.post(PATHS.exchangeToken, { code: provider.authorize(authorizationUrl), state }),
  );
}
