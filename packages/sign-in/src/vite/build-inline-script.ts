import { minify } from 'terser';
import type { BuildOptions, Plugin, ResolvedConfig } from 'vite';
import { buildApart, codeIn } from './build-apart.ts';

/**
 * Builds a script that runs inside a page, before the page has loaded any file. Put the result between `<script>` and
 * `</script>` in a `transformIndexHtml` hook: the headers of the build then allow the script by its hash.
 *
 * @param app the configuration of the app, as Vite's hook `configResolved` gets it
 * @param options.entry the path of the module
 * @param options.target the syntax of the script, if it is not that of the app
 * @example
 * const script = await buildInlineScript(app, { entry: join(app.root, 'src/choose-theme.ts') });
 * return html.replace('</head>', () => `<script>${script}</script></head>`);
 */
export async function buildInlineScript(
  app: ResolvedConfig,
  {
    entry,
    target = app.build.target,
    plugins,
  }: { entry: string; target?: BuildOptions['target']; plugins?: Plugin[] },
): Promise<string> {
  // As a library, because Vite adds a loader of chunks to other builds.
  const lib = { entry, formats: ['iife' as const], name: 'page' };
  const built = codeIn(await buildApart(app, { lib, target }, plugins));
  // Terser puts constants and functions where they are used once, which Vite's minifier does not. The callback page is then
  // 0.1 KB smaller (brotli).
  const { code = built } = await minify(built, { module: true, compress: { passes: 2 } });
  // The first two would end or change the script. Tools and servers may change a line break, and with it the hash.
  if (/<\/script|<!--|[\n\r]/i.test(code)) throw new Error(`The script ${entry} cannot be put into a page.`);
  return code;
}
