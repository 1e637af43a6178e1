import type { Middleware } from './middleware.ts';

/** Sets the security headers of every answer. */
export function createSecurityHeaders(openerPolicy: string | undefined): Middleware {
  return (ctx, next) => {
    ctx.set({
      // There is no form-action, because Chromium also applies it to the redirects after a form's POST, and the last
      // of these leads to the app. There is no script-src, because no page has a script.
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
      // Not `no-referrer`: browsers would then send `Origin: null` with our own forms too (Fetch §3.2).
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      ...(openerPolicy && { 'Cross-Origin-Opener-Policy': openerPolicy }),
    });
    return next();
  };
}
