import type { RequestContext } from './middleware.ts';

/** The headers of everything that this provider answers, pages and JSON alike. */
export function setSecurityHeaders(ctx: RequestContext, openerPolicy: string | undefined): void {
  ctx.set({
    // No form-action: Chromium applies it to the redirects after a form's POST too, and the last of them leads to
    // the app. No script-src: there is no script at all.
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    // Not `no-referrer`: under it a browser sends `Origin: null` with our own forms too (Fetch §3.2).
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    // Only if asked for: `same-origin` cuts the window off from the app that opened it.
    ...(openerPolicy && { 'Cross-Origin-Opener-Policy': openerPolicy }),
  });
}

/** Whose page sent a form, as far as the headers tell that a browser lets no page forge. */
export function formSource(ctx: RequestContext, ownOrigin: string): 'own' | 'foreign' | 'unknown' {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '') return site === 'same-origin' ? 'own' : 'foreign';
  const origin = ctx.get('Origin');
  if (origin === '' || origin === 'null') return 'unknown';
  return origin === ownOrigin ? 'own' : 'foreign';
}
