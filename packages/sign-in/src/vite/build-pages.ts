import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WEB_PATHS } from '@oneclick/shared/paths';
import { build, type HtmlTagDescriptor, type ResolvedConfig, type Rolldown } from 'vite';

export interface BuiltPages {
  /** By their path below the root of the site, without the leading slash. */
  files: Map<string, string | Uint8Array>;
  /** The path of the early script among the files. */
  earlySession: string;
}

const { resolve: resolveModule } = createRequire(import.meta.url);
/** The HTML and the CSS of the pages. Published from `src`, because tsc does not copy them to `dist`. */
const PAGES_FOLDER = fileURLToPath(new URL('../../src/pages', import.meta.url));

const PAGES = [
  { path: WEB_PATHS.callback, html: 'callback.html', script: '@oneclick/sign-in/pages/callback' },
  { path: WEB_PATHS.opening, html: 'opening.html', script: '@oneclick/sign-in/pages/opening' },
];

/**
 * Builds the two pages of the sign-in window and the early script of the app's pages. Each is a separate build: a chunk
 * that it shared with the app or with another page would be one more request before it can run.
 *
 * @param app the configuration of the app
 * @param options.style the stylesheet that replaces the package's own, relative to the root of the app
 */
export async function buildPages(
  app: ResolvedConfig,
  { style }: { style?: string | undefined },
): Promise<BuiltPages> {
  const links: HtmlTagDescriptor[] = [
    {
      tag: 'link',
      attrs: { rel: 'stylesheet', href: style ? resolve(app.root, style) : join(PAGES_FOLDER, 'pages.css') },
    },
  ];
  if (existsSync(join(app.publicDir, 'favicon.svg'))) {
    links.push({ tag: 'link', attrs: { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' } });
  }
  const files: BuiltPages['files'] = new Map();
  await Promise.all(
    PAGES.map(async ({ path, html, script }) => {
      const tags = [...links, { tag: 'script', attrs: { type: 'module', src: resolveModule(script) } }];
      for (const file of await buildApart(app, join(PAGES_FOLDER, html), tags)) {
        files.set(file.fileName === html ? path.slice(1) : file.fileName, contentOf(file));
      }
    }),
  );
  const output = await buildApart(app, resolveModule('@oneclick/sign-in/early-session'));
  const early = output.find((file) => file.type === 'chunk' && file.isEntry);
  if (!early) throw new Error('The build of the early script made no script.');
  files.set(early.fileName, contentOf(early));
  return { files, earlySession: early.fileName };
}

type BuiltFile = Rolldown.OutputChunk | Rolldown.OutputAsset;

const contentOf = (file: BuiltFile) => (file.type === 'chunk' ? file.code : file.source);

/** Builds in memory, with the output options of the app and without its plugins. */
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
