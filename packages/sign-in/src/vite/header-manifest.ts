import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { ResolvedConfig } from 'vite';
import type { HeaderManifest } from '../headers.ts';
import { inlineHashesOf } from './inline-hashes.ts';

/**
 * The folder of the generated header files: `dist-headers` beside `dist`. Not inside, because a web server would answer
 * with its own configuration as with any other file there.
 */
export function headerFolder(config: ResolvedConfig): string {
  return `${outFolder(config)}-headers`;
}

function outFolder({ root, build: { outDir } }: ResolvedConfig): string {
  return resolve(root, outDir);
}

/**
 * Lists what the headers of the built app depend on. Pages are all in the output folder, also those that the team keeps
 * in its public folder.
 * @param fileNames the files that the build has written
 */
export function manifestOfBuild(config: ResolvedConfig, fileNames: string[]): HeaderManifest {
  const folder = outFolder(config);
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html'))
    .toSorted()
    .map((path) => [path.replaceAll(sep, '/'), readFileSync(join(folder, path), 'utf8')] as const);
  const isAsset = (name: string) => name.startsWith(`${config.build.assetsDir}/`);
  return {
    pages: hashesOfPages(pages),
    assets: fileNames
      .filter(isAsset)
      .map((name) => `/${name}`)
      .toSorted(),
    ...(URL.canParse(config.base) && { assetBase: config.base }),
    ...(config.build.assetsDir !== 'assets' && { assetsDir: config.build.assetsDir }),
  };
}

/** @param files by path without the first slash. Those that are no page are left out. */
export function hashesOfPages(
  files: Iterable<readonly [string, string | Uint8Array]>,
): HeaderManifest['pages'] {
  const pages = Array.from(files).filter(([path]) => path.endsWith('.html'));
  return Object.fromEntries(
    pages.map(([path, html]) => [`/${path}`, inlineHashesOf(Buffer.from(html).toString())]),
  );
}

/** Reads what the last build has written. @throws {Error} if there was none */
export function readManifest(config: ResolvedConfig): HeaderManifest {
  const path = join(headerFolder(config), 'headers.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`Cannot read ${path}, which "vite build" writes: build the app first.`, { cause });
  }
}
