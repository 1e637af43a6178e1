import { PATHS } from '@oneclick/shared/paths';
import { tokensOf, type ApiResponse, type Browser } from './browser.ts';

interface Parties {
  start: Browser['start'];
  post: (url: string, body: object) => Promise<ApiResponse>;
}

/** Starts a sign-in, authorizes it at the provider and exchanges the code. */
export async function signIn({ start, post }: Parties, provider: { authorize: (url: string) => string }) {
  const { authorizationUrl, state } = await start();
  return tokensOf(await post(PATHS.exchangeToken, { code: provider.authorize(authorizationUrl), state }));
}
