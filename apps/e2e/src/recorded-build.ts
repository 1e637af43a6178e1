import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** The web app and the API of an earlier version, as it was deployed. */
export const RECORDED_BUILD = fileURLToPath(new URL('../recorded/build.json.br', import.meta.url));

/** The text of each file, by its path: `web/index.html`, `api/server.js`. */
export type BuildFiles = Record<string, string>;

/**
 * Writes the recorded build into a temporary folder.
 *
 * @returns the folder with `web` and `api`. The caller removes it
 */
export function unpackRecordedBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recorded-build-'));
  const files: BuildFiles = JSON.parse(brotliDecompressSync(readFileSync(RECORDED_BUILD)).toString());
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
