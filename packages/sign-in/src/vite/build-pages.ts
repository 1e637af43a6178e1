import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WEB_PATHS } from '@oneclick/shared/paths';
import type { Plugin, ResolvedConfig } from 'vite';
import { buildApart, codeIn } from './build-apart.ts';
import { buildInlineScript } from './build-inline-script.ts';

/** The files of the sign-in window, by their path below the root of the site, without the leading slash. */
export type BuiltPages = ReadonlyMap<string, string | Uint8Array>;

/** The HTML and the CSS of the pages. Published from `src`, because tsc does not copy them to `dist`. */
const PAGES_FOLDER = fileURLToPath(new URL('../../src/pages', import.meta.url));

const PAGES = [
  { path: WEB_PATHS.callback, html: 'callback.html', script: '../pages/callback-page' },
  { path: WEB_PATHS.opening, html: 'opening.html', script: '../pages/opening-page' },
];

/** The parts of the callback page that most windows never load. Not named by their content: an older page finds them, too. */
const LATE_SCRIPTS = ['finish-here', 'late-callback-texts'];

const lateScriptPath = (name: string) => `/oauth/${name}.js`;

/**
 * Builds the two pages of the sign-in window. Each is one response: its script and its style are inline. All files are
 * below `/oauth/` on the origin of the pages, also if the app loads its own files from a CDN.
 *
 * @param app the configuration of the app
 * @param options.style the stylesheet that replaces the package's own, relative to the root of the app
 */
export async function buildPages(
  app: ResolvedConfig,
  { style }: { style?: string | undefined },
): Promise<BuiltPages> {
  const stylesheet = style ? resolve(app.root, style) : join(PAGES_FOLDER, 'pages.css');
  const [look, lateScripts, scripts] = await Promise.all([
    buildApart(app, { rolldownOptions: { input: stylesheet } }),
    Promise.all(LATE_SCRIPTS.map((name) => buildScript(app, `../pages/${name}`))),
    Promise.all(
      PAGES.map(({ script }) =>
        buildInlineScript(app, { entry: sourceOf(script), plugins: [lateScriptsApart] }),
      ),
    ),
  ]);
  const files = new Map<string, string | Uint8Array>(
    LATE_SCRIPTS.map((name, index) => [lateScriptPath(name).slice(1), lateScripts[index] ?? '']),
  );
  let css = '';
  for (const file of look) {
    if (file.type === 'chunk') continue;
    if (file.fileName.endsWith('.css')) css += String(file.source);
    else files.set(file.fileName, file.source);
  }
  const icon = `<link rel="icon" href="${iconOf(app)}" />`;
  for (const [index, { path, html }] of PAGES.entries()) {
    const page = readFileSync(join(PAGES_FOLDER, html), 'utf8')
      .replace('</head>', () => `${icon}<style>${css.trim()}</style></head>`)
      .replace('</body>', () => `<script>${scripts[index]}</script></body>`);
    files.set(path.slice(1), page);
  }
  return files;
}

/**
 * The app's icon as a `data:` address, or an empty one if it is no small SVG: without an icon, a browser asks the server
 * for `/favicon.ico`.
 */
function iconOf({ publicDir }: ResolvedConfig): string {
  const path = join(publicDir, 'favicon.svg');
  const svg = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return svg && svg.length <= 1_000 ? `data:image/svg+xml,${encodeURIComponent(svg.trim())}` : 'data:,';
}

/** Builds the lines that an app's page runs before it loads any file. */
export function buildEarlySession(app: ResolvedConfig): Promise<string> {
  return buildInlineScript(app, { entry: sourceOf('../early-session') });
}

async function buildScript(app: ResolvedConfig, path: string): Promise<string> {
  const rolldownOptions = { input: sourceOf(path), preserveEntrySignatures: 'strict' as const };
  return codeIn(await buildApart(app, { rolldownOptions }));
}

/** The file of a module of this package: `.ts` here, `.js` in the published package. */
function sourceOf(path: string): string {
  return fileURLToPath(new URL(path + extname(import.meta.url), import.meta.url));
}

/** The callback page and its late parts are separate builds: an inline script has no chunk that a file could import. */
const lateScriptsApart: Plugin = {
  name: 'sign-in:late-scripts-apart',
  enforce: 'pre',
  resolveId(source) {
    const name = LATE_SCRIPTS.find((late) => source === `./${late}.ts` || source === `./${late}.js`);
    return name === undefined ? undefined : { id: lateScriptPath(name), external: 'absolute' };
  },
};
