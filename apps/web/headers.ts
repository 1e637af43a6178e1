/**
 * The headers of the built web app, by path. The one place where they are written down: `vite preview` sends
 * them, the tests read them, and a deployment takes them over.
 */
export function headersFor(path: string): Record<string, string> {
  return path.startsWith('/oauth/')
    ? WINDOW_HEADERS
    : path.startsWith('/assets/')
      ? ASSET_HEADERS
      : APP_HEADERS;
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const EVERYWHERE = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const APP_HEADERS = {
  ...EVERYWHERE,
  // `same-origin` would cut the sign-in window off; this keeps other sites' handles away and ours alive.
  'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** The pages of the sign-in window. The code is in the address of one of them. */
const WINDOW_HEADERS = {
  ...EVERYWHERE,
  // Any other value here would cut the window off from the app that opened it.
  'Cross-Origin-Opener-Policy': 'unsafe-none',
  // RFC 9700 §4.2.4
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const ASSET_HEADERS = { ...EVERYWHERE, 'Cache-Control': 'public, max-age=31536000, immutable' };
