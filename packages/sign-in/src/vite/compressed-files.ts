import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const TEXT_FILE = /\.(?:css|html|js|json|svg|txt|webmanifest|xml)$/;

type Compress = (content: Uint8Array) => Uint8Array;

/** By the ending that web servers look for beside a file. Each compresses as well as it can. */
const COMPRESSIONS: [ending: string, compress: Compress][] = [
  ['.br', (content) => brotliCompressSync(content)],
  ['.gz', (content) => gzipSync(content, { level: 9 })],
];

/**
 * Writes compressed copies (`.br` and `.gz`) of all texts in the folder of a build. A web server sends such a copy as it
 * is, in place of compressing each response.
 */
export function compressFiles(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!TEXT_FILE.test(path)) continue;
    for (const [ending, compress] of COMPRESSIONS) writeCompressed(join(folder, path), ending, compress);
  }
}

/** Rewrites the compressed copies that exist beside the file. */
export function compressAgain(path: string): void {
  for (const [ending, compress] of COMPRESSIONS) {
    if (existsSync(path + ending)) writeCompressed(path, ending, compress);
  }
}

function writeCompressed(path: string, ending: string, compress: Compress): void {
  writeFileSync(path + ending, compress(readFileSync(path)));
}
