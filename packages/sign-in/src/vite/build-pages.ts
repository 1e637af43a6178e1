import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WEB_PATHS } from '@oneclick/shared/paths';
import { build, type HtmlTagDescriptor, normalizePath, type ResolvedConfig, type Rolldown } from 'vite';

/** Built files by their path below the root of the site, without the leading slash. */
export type BuiltFiles = Map<string, string | Uint8Array>;

const { resolve: resolveModule } = createRequire(import.meta.url);
const PAGES_FOLDER = fileURLToPath(new URL('../pages', import.meta.url));

/** The first script of the app's own page. As Vite writes paths, on every system. */
export const EARLY_SESSION = normalizePath(resolveModule('@oneclick/sign-in/early-session'));

const PAGES = [
  { path: WEB_PATHS.callback, html: 'callback.html', script: '@oneclick/sign-in/pages/callback' },
  { path: WEB_PATHS.opening, html: 'opening.html', script: '@oneclick/sign-in/pages/opening' },
];

/**
 * Builds the two pages of the sign-in window and the early script of the app's page. Each is a build of its own. A chunk that it shared with one of them would be one more request before the page can run.
 *
 * @param app the configuration of the app
 * @param options.style the stylesheet that replaces the package's own, relative to the root of the app
 */
export async function buildPages(
  app: ResolvedConfig,
  { style }: { style?: string | undefined },
): Promise<BuiltFiles> {
  const links: HtmlTagDescriptor[] = [
    {
      tag: 'link',
      attrs: { rel: 'stylesheet', href: style ? resolve(app.root, style) : join(PAGES_FOLDER, 'pages.css') },
    },
  ];
  if (existsSync(join(app.publicDir, 'favicon.svg'))) {
    links.push({ tag: 'link', attrs: { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' } });
  }
  const files: BuiltFiles = new Map();
  await Promise.all(
    PAGES.map(async ({ path, html, script }) => {
      const tags = [...links, { tag: 'script', attrs: { type: 'module', src: resolveModule(script) } }];
      for (const file of await buildApart(app, join(PAGES_FOLDER, html), tags)) {
        files.set(file.fileName === html ? path.slice(1) : file.fileName, contentOf(file));
      }
    }),
  );
  for (const file of await buildApart(app, EARLY_SESSION)) files.set(file.fileName, contentOf(file));
  return files;
}

type BuiltFile = Rolldown.OutputChunk | Rolldown.OutputAsset;

const contentOf = (file: BuiltFile) => (file.type === 'chunk' ? file.code : file.source);

/** A build in memory that takes from the app what concerns its output, and none of its plugins. */
async function buildApart(
  { base, mode, publicDir, build: { target, minify, sourcemap } }: ResolvedConfig,
  input: string,
  tags: HtmlTagDescriptor[] = [],
): Promise<BuiltFile[]> {
  const result = await build({
    configFile: false,
    root: PAGES_FOLDER,
    base,
    mode,
    publicDir,
    logLevel: 'warn',
    plugins: [
      {
        name: 'sign-in:page-tags',
        transformIndexHtml: {
          order: 'pre',
          handler: () => tags.map((tag) => ({ injectTo: 'head', ...tag })),
        },
      },
    ],
    build: {
      write: false,
      target,
      minify,
      sourcemap,
      // The Content-Security-Policy allows no `data:` address.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input,
        // The same name for the same stylesheet, so that the browser fetches it once for both pages.
        output: { assetFileNames: 'assets/sign-in-[hash][extname]' },
      },
    },
  });
  return [result].flat().flatMap((part) => ('output' in part ? part.output : []));
}
