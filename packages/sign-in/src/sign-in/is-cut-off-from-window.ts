import { WEB_PATHS } from '@oneclick/shared/paths';

const TIMEOUT_MS = 5_000;

/**
 * Whether the Cross-Origin-Opener-Policy of this page cuts it off from `opening.html`. Such a window seems closed, and this
 * tab can't send it to the provider. No script can read the header of its own page, so this asks for both pages once more.
 * Names the header in the console, for the operator.
 * @throws if a page can't be reached
 */
export async function isCutOffFromWindow(): Promise<boolean> {
  const [ofThisPage, ofWindow] = await Promise.all([location.href, WEB_PATHS.opening].map(openerPolicyOf));
  if (ofThisPage !== 'same-origin' || ofWindow === 'same-origin') return false;
  console.warn(
    '[oneclick] The header "Cross-Origin-Opener-Policy: same-origin" cuts this page off from the sign-in window. The ' +
      'sign-in continues in this tab. Send "same-origin-allow-popups" instead, or the same header with ' +
      `${WEB_PATHS.opening}, too.`,
  );
  return true;
}

/** The policy without its parameters. */
async function openerPolicyOf(url: string): Promise<string | undefined> {
  const { headers } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) });
  return headers.get('Cross-Origin-Opener-Policy')?.split(';')[0]?.trim();
}
