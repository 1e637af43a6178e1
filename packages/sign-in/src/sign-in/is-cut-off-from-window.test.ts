import { expect, test, vi } from 'vitest';
import { isCutOffFromWindow } from './is-cut-off-from-window.ts';

/** Answers with the policies of the app's page and of `opening.html`. */
function servePolicies(...policies: [ofApp: string | null, ofWindow: string | null]): void {
  const fetched = vi.spyOn(globalThis, 'fetch');
  for (const policy of policies) {
    const headers = new Headers(policy === null ? {} : { 'Cross-Origin-Opener-Policy': policy });
    fetched.mockResolvedValueOnce(new Response(null, { headers }));
  }
}

test.each([
  ['same-origin', 'unsafe-none'],
  ['same-origin', null],
  ['same-origin', 'same-origin-allow-popups'],
  ['same-origin; report-to="coop"', null],
  [null, 'same-origin'],
  ['same-origin-allow-popups', 'same-origin'],
])(
  'the policy %s of the app and %s of its window cut them off, and the console says so',
  async (ofApp, ofWindow) => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    servePolicies(ofApp, ofWindow);
    await expect(isCutOffFromWindow()).resolves.toBe(true);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('"Cross-Origin-Opener-Policy: same-origin" cuts this page off'),
    );
  },
);

test.each([
  ['same-origin', 'same-origin; report-to="coop"'],
  ['same-origin-allow-popups', 'unsafe-none'],
  ['unsafe-none', 'unsafe-none'],
  [null, null],
])('the policy %s of the app and %s of its window do not cut them off', async (ofApp, ofWindow) => {
  servePolicies(ofApp, ofWindow);
  await expect(isCutOffFromWindow()).resolves.toBe(false);
});
