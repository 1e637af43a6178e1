import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ResolvedConfig } from 'vite';
import type { HeaderManifest } from '../headers.ts';
import { inlineHashesOf } from './inline-hashes.ts';

/**
 * The folder of the generated header files: `dist-headers` beside `dist`. Not inside, because a web server would answer
 * with its own configuration as with any other file there.
 */
export function headerFolder({ root, build: { outDir } }: ResolvedConfig): string {
  return `${resolve(root, outDir)}-headers`;
}

/** Lists what the headers of these files depend on. @param files the files of a build, by path without the first slash */
export function manifestOf(
  files: ReadonlyMap<string, string | Uint8Array>,
  { base, build: { assetsDir } }: ResolvedConfig,
): HeaderManifest {
  const names = [...files.keys()].toSorted();
  const pages = names
    .filter((name) => name.endsWith('.html'))
    .map((name) => [`/${name}`, inlineHashesOf(Buffer.from(files.get(name) ?? '').toString())] as const);
  const assets = names.filter((name) => name.startsWith(`${assetsDir}/`)).map((name) => `/${name}`);
  return { pages: Object.fromEntries(pages), assets, ...(URL.canParse(base) && { assetBase: base }) };
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
