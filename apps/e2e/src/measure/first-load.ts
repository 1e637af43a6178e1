import { globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/** Compressed bytes (brotli) by kind of file (`html`, `js`, `css`). */
type Weight = Record<string, number>;

/**
 * Weighs the pages of a built web app as the browser loads them before any script runs: the page and the files that its
 * markup names. `rest` is the weight of all other scripts and styles.
 * @param dist the directory that is served
 * @param pages paths below it
 */
export function firstLoad(dist: string, pages: string[]): { pages: Map<string, Weight>; rest: Weight } {
  const files = new Map(pages.map((page) => [page, new Set([page, ...linkedFiles(dist, page)])]));
  const counted = new Set([...files.values()].flatMap((paths) => [...paths]));
  const rest = globSync('**/*.{js,css}', { cwd: dist }).filter((path) => !counted.has(path));
  return {
    pages: new Map([...files].map(([page, paths]) => [page, weigh(dist, paths)])),
    rest: weigh(dist, rest),
  };
}

/** Returns the scripts, preloaded modules and style sheets that the page's markup names. */
function linkedFiles(dist: string, page: string): string[] {
  const html = readFileSync(join(dist, page), 'utf8');
  const scripts = html.matchAll(/<script\b[^>]*\bsrc="(?<url>[^"]+)"/g);
  const links = html.matchAll(
    /<link\b(?=[^>]*\brel="(?:stylesheet|modulepreload)")[^>]*\bhref="(?<url>[^"]+)"/g,
  );
  return [...scripts, ...links].flatMap(({ groups }) => {
    const { origin, pathname } = new URL(groups?.['url'] ?? '', `http://localhost/${page}`);
    return origin === 'http://localhost' ? [pathname.slice(1)] : [];
  });
}

/** Weighs files below a directory. */
function weigh(dist: string, paths: Iterable<string>): Weight {
  const weight: Weight = {};
  for (const path of paths) {
    const kind = extname(path).slice(1);
    weight[kind] = (weight[kind] ?? 0) + brotliCompressSync(readFileSync(join(dist, path))).length;
  }
  return weight;
}
