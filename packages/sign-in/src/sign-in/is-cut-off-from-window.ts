import { WEB_PATHS } from '@oneclick/shared/paths';

const TIMEOUT_MS = 5_000;

/**
 * Whether the Cross-Origin-Opener-Policy of this page, or of `opening.html`, cuts one off from the other. Such a window seems
 * closed, and this tab can't send it to the provider. No script can read the header of its own page, so this asks for both
 * pages once more. Names the header in the console, for the operator.
 * @throws if a page can't be reached
 */
export async function isCutOffFromWindow(): Promise<boolean> {
  const [ofThisPage, ofWindow] = await Promise.all([location.href, WEB_PATHS.opening].map(openerPolicyOf));
  if (ofThisPage === ofWindow || ![ofThisPage, ofWindow].includes('same-origin')) return false;
  console.warn(
    '[oneclick] The header "Cross-Origin-Opener-Policy: same-origin" cuts this page off from the sign-in window. The ' +
      'sign-in continues in this tab. ' +
      (ofThisPage === 'same-origin'
        ? `Send "same-origin-allow-popups" instead, or the same header with ${WEB_PATHS.opening}, too.`
        : `Send no such header with ${WEB_PATHS.opening}.`),
  );
  return true;
}

/** The policy without its parameters. */
export async function openerPolicyOf(url: string): Promise<string | undefined> {
  const { headers } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) });
  return headers.get('Cross-Origin-Opener-Policy')?.split(';')[0]?.trim();
}
