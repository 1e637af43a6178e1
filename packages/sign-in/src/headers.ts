/**
 * The response headers of the built app, by path. `vite preview` sends them; the server that you deploy to must send
 * the same ones.
 *
 * @param path the path of the request, with or without its query
 * @example
 * import { headersFor } from '@oneclick/sign-in/headers';
 *
 * for (const [name, value] of Object.entries(headersFor(request.url))) response.setHeader(name, value);
 */
export function headersFor(path: string): Record<string, string> {
  if (path.startsWith('/oauth/')) return PAGE_HEADERS;
  return path.startsWith('/assets/') ? ASSET_HEADERS : APP_HEADERS;
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

const COMMON_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const APP_HEADERS = {
  ...COMMON_HEADERS,
  // `same-origin` would cut the app off from its sign-in window. This value still prevents that other sites
  // keep a reference to the app's window.
  'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** For the two pages of the sign-in window. The address of the callback page contains the code for a moment. */
const PAGE_HEADERS = {
  ...COMMON_HEADERS,
  // Any other value would cut the window off from the app that opened it.
  'Cross-Origin-Opener-Policy': 'unsafe-none',
  // RFC 9700 §4.2.4
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const ASSET_HEADERS = { ...COMMON_HEADERS, 'Cache-Control': 'public, max-age=31536000, immutable' };
