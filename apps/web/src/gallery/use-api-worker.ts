import { WEB_PATHS } from '@oneclick/shared/paths';
import { http, HttpResponse, passthrough } from 'msw';
import { setupWorker } from 'msw/browser';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { headersFor } from '@oneclick/sign-in/headers';

const LAST_REQUEST = '/api/last-request-of-a-test';

const { 'Content-Security-Policy': CONTENT_SECURITY_POLICY = '' } = headersFor('/', {
  pages: {},
  assets: [],
});

/**
 * msw in the browser. A request without a handler fails the test, and so does a warning or an error in the console or a
 * violation of the Content-Security-Policy.
 *
 * @returns puts handlers before the present ones, until the test ends
 */
export function useApiWorker(): ReturnType<typeof setupWorker>['use'] {
  const faults: unknown[] = [];
  const worker = setupWorker(
    // Vitest serves its own logo at this address.
    http.get('*/favicon.svg', async () => {
      const logo = await commands.readFile('public/favicon.svg');
      return new HttpResponse(logo, { headers: { 'Content-Type': 'image/svg+xml' } });
    }),
    // The sign-in reads the headers of the window's page when the window seems closed.
    http.head(`*${WEB_PATHS.opening}`, () => new HttpResponse()),
    http.get(LAST_REQUEST, () => new HttpResponse()),
    http.all('*', ({ request: { url } }) => {
      // The test server has the page's own scripts, styles and images.
      if (url.startsWith(location.origin) && !/\/(?:api|auth|oauth)\//.test(url)) return passthrough();
      faults.push(`no handler for ${url}`);
      return HttpResponse.error();
    }),
  );
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = CONTENT_SECURITY_POLICY;
  const onViolation = ({ violatedDirective, blockedURI }: SecurityPolicyViolationEvent) =>
    void faults.push(`${violatedDirective} forbids ${blockedURI}`);

  beforeAll(async () => {
    document.addEventListener('securitypolicyviolation', onViolation);
    await worker.start({ quiet: true, onUnhandledFrame: 'error' });
    // After the start of the worker, because the policy forbids service workers too.
    document.head.append(policy);
  });
  beforeEach(() => {
    for (const level of ['error', 'warn'] as const) {
      vi.spyOn(console, level).mockImplementation((...words) => void faults.push(words));
    }
  });
  afterEach(async () => {
    // The requests of the closed story reach msw before this one, while the handlers of the test are in place.
    await fetch(LAST_REQUEST);
    worker.resetHandlers();
    expect(faults.splice(0)).toEqual([]);
    // The page of the next test file would send its early session request, before msw can answer it.
    expect(localStorage.length).toBe(0);
  });
  afterAll(async () => {
    await worker.stop();
    document.removeEventListener('securitypolicyviolation', onViolation);
  });
  return worker.use;
}
