import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isOrigin } from '@oneclick/shared/is-origin';
import type { HeaderManifest } from '../headers.ts';
import { setApiOrigin } from './api-origin-tag.ts';
import { compressAgain } from './compressed-files.ts';
import { headerFiles } from './header-files.ts';
import { hashesOfPages } from './header-manifest.ts';

export { compressFiles } from './compressed-files.ts';

/**
 * Options of {@link configureBuild}.
 * @example
 * { from: 'dist', to: '/srv/app/dist', apiOrigin: 'https://api.example.com' }
 */
export interface BuildConfiguration {
  /** The folder of the build. Its headers are beside it: `dist` and `dist-headers`. */
  from: string;
  /** The folder for the configured files. The headers are written beside it: `to` and `to-headers`. */
  to: string;
  /**
   * The origin of the API. Empty: the origin of the pages.
   * @default ''
   * @example 'https://api.example.com'
   */
  apiOrigin?: string | undefined;
  /** The other origins that the pages send requests to, as in the client's `tokenOrigins` and `ownOrigins`. */
  connectTo?: string[] | undefined;
  /** Changes a page. Its path has no leading slash: `index.html`. */
  editPage?: ((html: string, path: string) => string) | undefined;
  /** Files that replace those of the build, by path without the leading slash. */
  files?: Record<string, string> | undefined;
}

/**
 * Makes a copy of a build for one deployment. The pages of the copy contain the origin of the API, the header files
 * follow from the same values, and each changed file is compressed again if the build has compressed copies (`.br`,
 * `.gz`). The build stays as it is, for other deployments. The same build and options give the same bytes.
 *
 * Runs in Node.js 20.12 or newer, without Vite.
 *
 * @throws {Error} if there is no build, an origin is malformed, or the copy would change the build
 * @example
 * import { configureBuild } from '@oneclick/sign-in/configure';
 *
 * configureBuild({ from: 'dist', to: '/srv/app/dist', apiOrigin: 'https://api.example.com' });
 */
export function configureBuild({
  from,
  to,
  apiOrigin,
  connectTo = [],
  editPage = (html) => html,
  files = {},
}: BuildConfiguration): void {
  const origins = apiOrigin ? [apiOrigin, ...connectTo] : connectTo;
  const malformed = origins.find((origin) => !isOrigin(origin));
  if (malformed !== undefined)
    throw new Error(`"${malformed}" is no origin, such as https://api.example.com.`);
  if ([from, headersOf(from)].some((folder) => isWithin(to, folder))) {
    throw new Error(`The folder ${to} is in the build, which has to stay as it is.`);
  }
  const manifest: HeaderManifest = JSON.parse(readFileSync(join(headersOf(from), 'headers.json'), 'utf8'));

  const pages = Object.keys(manifest.pages).map((page): [string, string] => {
    const path = page.slice(1);
    const html = readFileSync(join(from, path), 'utf8');
    return [path, editPage(apiOrigin ? setApiOrigin(html, apiOrigin) : html, path)];
  });
  const changed = new Map([...pages, ...Object.entries(files)]);
  // Not with `cp`, which also copies the permissions: a build may be read-only.
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const path = relative(from, source).replaceAll(sep, '/');
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), changed.get(path) ?? readFileSync(source));
  }
  for (const path of changed.keys()) compressAgain(join(to, path));

  const configured: HeaderManifest = {
    ...manifest,
    pages: hashesOfPages(pages),
    ...(origins.length > 0 && { connectTo: origins }),
  };
  mkdirSync(headersOf(to), { recursive: true });
  for (const [name, text] of headerFiles(configured)) writeFileSync(join(headersOf(to), name), text);
}

const headersOf = (folder: string) => `${resolve(folder)}-headers`;

const isWithin = (path: string, folder: string) =>
  `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);
