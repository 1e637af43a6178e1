/** The hashes of the inline scripts and styles of a page, as a Content-Security-Policy writes them: `sha256-…`. */
export interface InlineHashes {
  scripts: string[];
  styles: string[];
}

/**
 * What the response headers depend on in one build of the app. The Vite plugin writes it to `headers.json` in the
 * folder `dist-headers`.
 */
export interface HeaderManifest {
  /** The pages by path, for example `/index.html`. */
  pages: Record<string, InlineHashes>;
  /** The paths of the files whose names contain a hash of their content. */
  assets: string[];
  /** The address below which the app loads its files, if that is not its own origin: a `base` that is a URL. */
  assetBase?: string;
  /** The folder of the assets, if it is not `assets`: Vite's `build.assetsDir`. */
  assetsDir?: string;
  /** The origins other than their own that the pages send requests to, such as that of the API. */
  connectTo?: string[];
}

/**
 * The response headers of the built app, by path. `vite preview` sends them; the server that you deploy to must send
 * the same ones. A response with an error must not be cached: send `Cache-Control: no-store` with it.
 *
 * @param path the path of the request, with or without its query
 * @param manifest the `headers.json` of the build. Its hashes are those of the pages beside it, so read both together.
 * @example
 * import { readFileSync } from 'node:fs';
 * import { headersFor } from '@oneclick/sign-in/headers';
 *
 * const manifest = JSON.parse(readFileSync('dist-headers/headers.json', 'utf8'));
 * for (const [name, value] of Object.entries(headersFor(request.url, manifest))) response.setHeader(name, value);
 */
export function headersFor(path: string, manifest: HeaderManifest): Record<string, string> {
  const pathname = path.replace(/[?#].*/, '');
  const { connectTo } = manifest;
  if (pathname.startsWith('/oauth/')) {
    const hashes = pageAt(pathname, manifest);
    return {
      // Their icon is in the page, so that a browser does not ask for it.
      'Content-Security-Policy': contentSecurityPolicy({ hashes, connectTo, images: "'self' data:" }),
      ...COMMON_HEADERS,
      ...WINDOW_PAGE_HEADERS,
    };
  }
  // The other paths are routes of the app, which `index.html` serves.
  const hashes = pageAt(pathname, manifest) ?? manifest.pages['/index.html'];
  const files = manifest.assetBase && `'self' ${manifest.assetBase}`;
  return {
    'Content-Security-Policy': contentSecurityPolicy({ hashes, connectTo, files }),
    ...COMMON_HEADERS,
    ...APP_HEADERS,
    ...(manifest.assets.includes(pathname) && { 'Cache-Control': CACHE_FOR_EVER }),
  };
}

/** The page that a server answers with. Static hosts serve `/team.html` at `/team`, too. */
function pageAt(pathname: string, { pages }: HeaderManifest): InlineHashes | undefined {
  const file = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  return pages[file] ?? pages[`${file}.html`];
}

function contentSecurityPolicy({
  hashes = { scripts: [], styles: [] },
  files = "'self'",
  images = files,
  connectTo = [],
}: {
  hashes?: InlineHashes | undefined;
  files?: string | undefined;
  images?: string | undefined;
  connectTo?: string[] | undefined;
}): string {
  return [
    "default-src 'none'",
    `script-src ${[files, ...hashes.scripts.map(quoted)].join(' ')}`,
    `style-src ${[files, ...hashes.styles.map(quoted)].join(' ')}`,
    `img-src ${images}`,
    `connect-src ${["'self'", ...connectTo].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

const quoted = (source: string) => `'${source}'`;

const COMMON_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const APP_HEADERS = {
  // `same-origin` would cut the app off from its sign-in window. This value still prevents that other sites
  // keep a reference to the app's window.
  'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** For the two pages of the sign-in window. The address of the callback page contains the code for a moment. */
const WINDOW_PAGE_HEADERS = {
  // Any other value would cut the window off from the app that opened it.
  'Cross-Origin-Opener-Policy': 'unsafe-none',
  // RFC 9700 §4.2.4
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** For a file whose name contains a hash of its content. */
export const CACHE_FOR_EVER = 'public, max-age=31536000, immutable';
