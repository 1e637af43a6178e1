// @vitest-environment node
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HeaderManifest, headersFor } from '../headers.ts';
import { type BuildConfiguration, compressFiles, configureBuild } from './configure-build.ts';
import { headerFiles } from './header-files.ts';
import { hashesOfPages } from './header-manifest.ts';

const API_ORIGIN = 'https://api.example.com';

const FILES: Record<string, string> = {
  'index.html': '<meta name="api-origin" content=""><script>early</script><p>app</p>',
  'oauth/callback.html': '<meta name="api-origin" content="" /><script>callback</script>',
  'oauth/opening.html': '<script>opening</script>',
  'assets/app-B3CLSWEI.js': 'export {}',
  'favicon.svg': '<svg/>',
};
const HEADER_FILES = ['_headers', 'caddy-headers.conf', 'nginx-maps.conf'];

const folder = mkdtempSync(join(tmpdir(), 'configure-'));
const from = join(folder, 'dist');
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

beforeAll(() => {
  for (const [path, text] of Object.entries(FILES)) write(join(from, path), text);
  compressFiles(from);
  const manifest = { pages: hashesOfPages(Object.entries(FILES)), assets: ['/assets/app-B3CLSWEI.js'] };
  for (const [name, text] of headerFiles(manifest)) write(join(`${from}-headers`, name), text);
});

/** All files of a build and its headers, by path. */
function filesOf(dist: string): Record<string, string> {
  const entries = [dist, `${dist}-headers`].flatMap((cwd, index) =>
    globSync('**/*', { cwd, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        return [`${index === 0 ? 'dist' : 'headers'}/${relative(cwd, path)}`, readFileSync(path, 'latin1')];
      }),
  );
  return Object.fromEntries(entries);
}

function configured(options: Partial<BuildConfiguration>): Record<string, string> {
  const to = join(mkdtempSync(join(folder, 'to-')), 'dist');
  configureBuild({ from, to, ...options });
  return filesOf(to);
}

test('the pages contain the origin of the API, and the headers allow requests to it', () => {
  const files = configured({ apiOrigin: API_ORIGIN, connectTo: ['https://usage.example.com'] });
  for (const page of ['dist/index.html', 'dist/oauth/callback.html']) {
    expect(files[page]).toContain(`<meta name="api-origin" content="${API_ORIGIN}">`);
  }
  expect(files['dist/oauth/opening.html']).toBe(FILES['oauth/opening.html']);
  const sources = `connect-src 'self' ${API_ORIGIN} https://usage.example.com;`;
  for (const name of HEADER_FILES) {
    const policies = files[`headers/${name}`]?.match(/connect-src [^;]+;/g) ?? [];
    expect(policies.length).toBeGreaterThan(1);
    expect(new Set(policies)).toEqual(new Set([sources]));
  }
  const manifest: HeaderManifest = JSON.parse(files['headers/headers.json'] ?? '');
  for (const path of ['/', '/oauth/callback.html']) {
    expect(headersFor(path, manifest)['Content-Security-Policy']).toContain(sources);
  }
});

test('without a value the copy is the build, byte for byte', () => {
  expect(configured({})).toEqual(filesOf(from));
  expect(configured({ apiOrigin: '' })).toEqual(filesOf(from));
});

test('the same values give the same bytes, also after other values and with an earlier copy in the folder', () => {
  const before = filesOf(from);
  const to = join(folder, 'again/dist');
  for (const apiOrigin of [API_ORIGIN, 'https://other.example', API_ORIGIN])
    configureBuild({ from, to, apiOrigin });
  expect(filesOf(to)).toEqual(configured({ apiOrigin: API_ORIGIN }));
  expect(filesOf(from)).toEqual(before);
});

test('the headers allow the scripts and styles of a page that has been changed', () => {
  const style = '<style>p { color: teal }</style>';
  const files = configured({
    editPage: (html, path) => (path === 'index.html' ? html.replace('<p>', `${style}<p>`) : html),
  });
  const expected = hashesOfPages([['index.html', files['dist/index.html'] ?? '']])['/index.html'];
  expect(expected?.styles).toHaveLength(1);
  const manifest: HeaderManifest = JSON.parse(files['headers/headers.json'] ?? '');
  expect(manifest.pages['/index.html']).toEqual(expected);
  for (const name of HEADER_FILES) expect(files[`headers/${name}`]).toContain(expected?.styles[0]);
});

test('the compressed copies are those of the configured files', () => {
  const files = configured({ apiOrigin: API_ORIGIN, files: { 'favicon.svg': '<svg id="team"/>' } });
  expect(files['dist/favicon.svg']).toBe('<svg id="team"/>');
  for (const path of Object.keys(FILES)) {
    const compressed = (ending: string) => Buffer.from(files[`dist/${path}${ending}`] ?? '', 'latin1');
    expect(brotliDecompressSync(compressed('.br')).toString()).toBe(files[`dist/${path}`]);
    expect(gunzipSync(compressed('.gz')).toString()).toBe(files[`dist/${path}`]);
  }
});

test('a read-only build is configured, twice into the same folder', () => {
  const readOnly = join(folder, 'read-only');
  cpSync(from, readOnly, { recursive: true });
  cpSync(`${from}-headers`, `${readOnly}-headers`, { recursive: true });
  for (const entry of globSync('**/*', { cwd: readOnly, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isFile() ? 0o444 : 0o555);
  }
  const to = join(folder, 'from-read-only/dist');
  for (let times = 0; times < 2; times += 1) configureBuild({ from: readOnly, to, apiOrigin: API_ORIGIN });
  expect(filesOf(to)).toEqual(configured({ apiOrigin: API_ORIGIN }));
  expect(statSync(join(to, 'oauth')).mode & 0o200).toBe(0o200);
  for (const entry of globSync('**', { cwd: readOnly, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
});

test('a build without compressed copies gets none', () => {
  const plain = join(folder, 'plain');
  cpSync(from, plain, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
  cpSync(`${from}-headers`, `${plain}-headers`, { recursive: true });
  const files = configured({ from: plain, apiOrigin: API_ORIGIN });
  expect(Object.keys(files).filter((path) => /\.(?:br|gz)$/.test(path))).toEqual([]);
});

test.each([
  'https://api.example.com/',
  'https://api.example.com/v1',
  'https://user@api.example.com',
  'api.example.com',
  'https://*.example.com',
  'javascript:alert(1)',
  "https://api.example.com; script-src 'unsafe-inline'",
  'https://api.example.com;',
  'https://a"b',
  'https://api.example.com.',
])('the origin "%s" is refused before anything is written', (origin) => {
  const to = join(folder, 'refused');
  for (const origins of [{ apiOrigin: origin }, { connectTo: [origin] }]) {
    expect(() => configureBuild({ from, to, ...origins })).toThrow('is no origin');
  }
  expect(globSync('refused*', { cwd: folder })).toEqual([]);
});

test.each(['dist', 'dist/configured', 'dist-headers', 'dist-headers/site', 'other/../dist'])(
  'a copy to "%s" is refused, because it would change the build',
  (path) => {
    expect(() => configureBuild({ from, to: join(folder, path) })).toThrow('is in the build');
  },
);

test('a folder without a build is refused before anything is written', () => {
  const to = join(folder, 'from-nowhere');
  expect(() => configureBuild({ from: join(folder, 'nowhere'), to })).toThrow('headers.json');
  expect(globSync('from-nowhere*', { cwd: folder })).toEqual([]);
});
