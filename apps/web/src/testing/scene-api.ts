import { http, HttpResponse, passthrough } from 'msw';
import { setupWorker } from 'msw/browser';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { headersFor } from '@oneclick/sign-in/headers';

const { 'Content-Security-Policy': CONTENT_SECURITY_POLICY = '' } = headersFor('/');

/**
 * msw in the browser, for scenes. A request that the scene does not answer fails the test, and so does a word in the
 * console or a violation of the Content-Security-Policy.
 *
 * @returns puts handlers before those that are there, until the test has ended
 */
export function useSceneApi(): ReturnType<typeof setupWorker>['use'] {
  const complaints: unknown[] = [];
  const worker = setupWorker(
    // Vitest shows a logo of its own at this address.
    http.get('*/favicon.svg', async () => {
      const logo = await commands.readFile('public/favicon.svg');
      return new HttpResponse(logo, { headers: { 'Content-Type': 'image/svg+xml' } });
    }),
    http.all('*', ({ request: { url } }) => {
      // The page's own scripts, styles and pictures come from the server of the tests.
      if (url.startsWith(location.origin) && !/\/(?:api|auth|oauth)\//.test(url)) return passthrough();
      complaints.push(`nobody answers ${url}`);
      return HttpResponse.error();
    }),
  );
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  // The server of the tests puts the styles into the page, which the built app never does.
  policy.content = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");
  const onViolation = ({ violatedDirective, blockedURI }: SecurityPolicyViolationEvent) =>
    void complaints.push(`${violatedDirective} forbids ${blockedURI}`);

  beforeAll(async () => {
    document.addEventListener('securitypolicyviolation', onViolation);
    await worker.start({ quiet: true, onUnhandledFrame: 'error' });
    // From now on: it allows no service worker either.
    document.head.append(policy);
  });
  beforeEach(() => {
    for (const level of ['error', 'warn'] as const) {
      vi.spyOn(console, level).mockImplementation((...words) => void complaints.push(words));
    }
  });
  afterEach(() => {
    worker.resetHandlers();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await worker.stop();
    document.removeEventListener('securitypolicyviolation', onViolation);
  });
  return worker.use;
}
