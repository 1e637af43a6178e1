import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin, type ResolvedConfig, type Rolldown } from 'vite';

export type BuiltFile = Rolldown.OutputChunk | Rolldown.OutputAsset;

/** Builds in memory, with the target of the app and without its plugins. */
export async function buildApart(
  { mode, publicDir, build: { target } }: ResolvedConfig,
  { rolldownOptions, ...options }: BuildOptions,
  plugins: Plugin[] = [],
): Promise<BuiltFile[]> {
  const result = await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    mode,
    publicDir,
    logLevel: 'warn',
    plugins,
    build: {
      write: false,
      target,
      // Always, whatever the app chooses: minified, an inline script is one line.
      minify: true,
      // The Content-Security-Policy allows no `data:` address.
      assetsInlineLimit: 0,
      rolldownOptions: {
        ...rolldownOptions,
        output: { assetFileNames: 'oauth/[name]-[hash][extname]' },
      },
      ...options,
    },
  });
  return [result].flat().flatMap((part) => ('output' in part ? part.output : []));
}

/** The code of a build that must make one script and nothing else. */
export function codeIn([chunk, ...others]: BuiltFile[]): string {
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('The build made more than one script.');
  return chunk.code.trim();
}
