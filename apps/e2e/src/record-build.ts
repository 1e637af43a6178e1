import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWorkspace } from '@oneclick/stack/workspace';
import { brotliCompressSync, constants } from 'node:zlib';
import { type BuildFiles, RECORDED_BUILD } from './recorded-build.ts';

/*
 * `pnpm record`: keeps the present build of web app and API for the tests of later versions. The browser loads the text
 * files of the web app; the API runs its scripts, and does without its documentation page.
 */

const filesIn = (name: 'web' | 'api', pattern: string): BuildFiles => {
  const cwd = inWorkspace(`apps/${name}/dist`);
  const paths = globSync(pattern, { cwd, exclude: (path) => /^(?:\.|swagger-ui)/.test(path) });
  return Object.fromEntries(paths.map((path) => [`${name}/${path}`, readFileSync(join(cwd, path), 'utf8')]));
};

const files = { ...filesIn('web', '**/*.{html,js,css,svg}'), ...filesIn('api', '**/*.{js,json}') };
const window = { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } };
writeFileSync(RECORDED_BUILD, brotliCompressSync(JSON.stringify(files), window));
console.log(`Recorded ${Object.keys(files).length} files.`);
