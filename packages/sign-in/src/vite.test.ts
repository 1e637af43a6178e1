// @vitest-environment node
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { build, createServer, type InlineConfig, preview } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type HeaderManifest, headersFor } from './headers.ts';
import { signIn } from './vite.ts';

const TEAM_APP = join(import.meta.dirname, '../test/team-app');

const folder = mkdtempSync(join(tmpdir(), 'team-app-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds the team's app into a folder of its own and returns its files. */
async function buildTeamApp(config: InlineConfig = {}) {
  const parent = mkdtempSync(join(folder, 'build-'));
  const outDir = join(parent, 'dist');
  await build({ root: TEAM_APP, logLevel: 'warn', build: { outDir }, ...config });
  const manifest: HeaderManifest = JSON.parse(
    readFileSync(join(parent, 'dist-headers/headers.json'), 'utf8'),
  );
  return {
    outDir,
    manifest,
    files: globSync('**/*.*', { cwd: outDir }).toSorted(),
    read: (path: string) => readFileSync(join(outDir, path), 'utf8'),
  };
}

let built: Awaited<ReturnType<typeof buildTeamApp>>;
beforeAll(async () => void (built = await buildTeamApp()));

const inlineScriptsOf = (html: string) =>
  Array.from(html.matchAll(/<script>(.+?)<\/script>/gs), ([, script = '']) => script);

const linkedFilesOf = (html: string) =>
  Array.from(html.matchAll(/\b(?:src|href)="([^"]+)"/g), ([, path]) => path);

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The hashes in the directive of the policy that is sent with a page. */
function hashesIn(headers: Record<string, string>, directive: string): string[] {
  const policy = headers['Content-Security-Policy'] ?? '';
  const sources = policy.split('; ').find((part) => part.startsWith(`${directive} `)) ?? '';
  return sources.match(/'sha256-[^']+'/g) ?? [];
}

test('one build makes the app and the two pages of the window, each of which is one file', () => {
  const { read, files } = built;
  expect(files.filter((path) => path.startsWith('oauth/'))).toEqual([
    'oauth/callback.html',
    'oauth/finish-here.js',
    'oauth/late-callback-texts.js',
    'oauth/opening.html',
  ]);
  for (const page of ['oauth/callback.html', 'oauth/opening.html']) {
    // An empty icon: without one, a browser asks for /favicon.ico.
    expect(linkedFilesOf(read(page))).toEqual(['data:,']);
    expect(inlineScriptsOf(read(page))).toHaveLength(1);
    expect(read(page)).toContain('</style>');
  }
  expect(read('oauth/callback.html')).toContain('import("/oauth/finish-here.js")');
  expect(read('oauth/finish-here.js')).toContain('as finishHere');
});

test('the lines that ask for the session are in the page, in front of every file that the page loads', () => {
  const { read } = built;
  const html = read('index.html');
  const [early = ''] = inlineScriptsOf(html);
  expect(early).toContain('/api/oauth/session');
  expect(html.indexOf(early)).toBeLessThan(html.search(/<(?:link|script)\b[^>]* (?:src|href)=/));
  expect(html.indexOf('<meta name="api-origin"')).toBeLessThan(html.indexOf(early));
});

test('the policy of each page allows its own inline scripts and styles by their hashes, and no others', () => {
  const { read, manifest } = built;
  for (const page of ['index.html', 'oauth/callback.html', 'oauth/opening.html']) {
    const headers = headersFor(`/${page}?code=x`, manifest);
    expect(hashesIn(headers, 'script-src')).toEqual(inlineScriptsOf(read(page)).map(hashOf));
    const styles = Array.from(read(page).matchAll(/<style>(.+?)<\/style>/gs), ([, style = '']) => style);
    expect(hashesIn(headers, 'style-src')).toEqual(styles.map(hashOf));
    expect(headers['Content-Security-Policy']).not.toMatch(/unsafe|nonce/);
  }
  // A route of the app is answered with index.html.
  for (const path of ['/', '/account'])
    expect(headersFor(path, manifest)).toEqual(headersFor('/index.html', manifest));
});

test('only the files that the build has named after their content may be cached for ever', () => {
  const { files, manifest } = built;
  const assets = files.filter((path) => path.startsWith('assets/'));
  expect(assets).not.toEqual([]);
  for (const path of assets) expect(headersFor(`/${path}`, manifest)['Cache-Control']).toContain('immutable');
  for (const path of ['/assets/older-4fA2.js', '/', '/oauth/callback.html', '/oauth/finish-here.js']) {
    expect(headersFor(path, manifest)['Cache-Control']).not.toContain('immutable');
  }
});

test('with a CDN as base the pages of the window use their own origin only, and the app may load from the CDN', async () => {
  const base = 'https://cdn.example/team/';
  const { read, manifest } = await buildTeamApp({ base });
  for (const page of ['oauth/callback.html', 'oauth/opening.html']) {
    expect(linkedFilesOf(read(page))).toEqual(['data:,']);
    expect(read(page)).not.toContain('cdn.example');
    expect(headersFor(`/${page}`, manifest)['Content-Security-Policy']).not.toContain('cdn.example');
  }
  expect(inlineScriptsOf(read('index.html'))[0]).toContain('/api/oauth/session');
  expect(linkedFilesOf(read('index.html'))).toEqual([
    expect.stringMatching(/^https:\/\/cdn\.example\/team\/assets\//),
  ]);
  expect(headersFor('/', manifest)['Content-Security-Policy']).toContain(
    `script-src 'self' ${base} 'sha256-`,
  );
});

test('the preview server sends the headers of the build, and after another build those of the new one', async () => {
  const { outDir, read, manifest } = await buildTeamApp();
  const config = { root: TEAM_APP, configFile: false as const, logLevel: 'warn' as const, build: { outDir } };
  const server = await preview({ ...config, plugins: [signIn()], preview: { port: 0 } });
  onTestFinished(() => server.close());
  const [url = ''] = server.resolvedUrls!.local;
  for (const path of ['index.html', 'oauth/callback.html?code=x&state=y', 'oauth/opening.html']) {
    const { headers } = await fetch(url + path);
    expect(Object.fromEntries(headers)).toMatchObject(lowerCase(headersFor(`/${path}`, manifest)));
  }
  expect((await fetch(`${url}assets/nowhere.js`)).headers.get('cache-control')).not.toContain('immutable');

  const style = join(folder, 'another.css');
  writeFileSync(style, 'p { color: teal }');
  await build({ ...config, plugins: [signIn({ style })] });
  const { headers } = await fetch(`${url}oauth/callback.html`);
  const [, css = ''] = /<style>(.+?)<\/style>/s.exec(read('oauth/callback.html')) ?? [];
  expect(css).toContain('teal');
  expect(headers.get('content-security-policy')).toContain(`style-src 'self' ${hashOf(css)};`);
});

const lowerCase = (headers: Record<string, string>) => Object.fromEntries(new Headers(headers));

test('the development server answers with the pages and their headers, and forwards the paths of the API', async () => {
  const api = createHttpServer((request, response) => response.end(`the API at ${request.url}`));
  await once(api.listen(0, '127.0.0.1'), 'listening');
  const address = api.address();
  const apiPort = typeof address === 'object' ? address?.port : undefined;
  const server = await createServer({
    root: TEAM_APP,
    configFile: false,
    plugins: [signIn({ apiTarget: `http://127.0.0.1:${apiPort}` })],
    logLevel: 'warn',
    server: { port: 0 },
  });
  try {
    await server.listen();
    const [url = ''] = server.resolvedUrls!.local;
    const callback = await fetch(`${url}oauth/callback.html?code=x&state=y`);
    expect(Object.fromEntries(callback.headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'unsafe-none',
      'referrer-policy': 'no-referrer',
    });
    const [script = ''] = inlineScriptsOf(await callback.text());
    expect(callback.headers.get('content-security-policy')).toContain(hashOf(script));
    expect((await fetch(`${url}oauth/finish-here.js`)).headers.get('content-type')).toBe('text/javascript');

    const app = await fetch(url, { headers: { accept: 'text/html' } });
    expect(app.headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
    expect(inlineScriptsOf(await app.text())[0]).toContain('/api/oauth/session');

    for (const path of ['api/oauth/session', 'auth/oauth/start', 'oauth/callback?code=x']) {
      expect(await (await fetch(url + path)).text()).toBe(`the API at /${path}`);
    }
  } finally {
    await server.close();
    api.close();
  }
});

test.each([
  // WEB_ORIGIN, where PORT is the port of the server; the host at which the page is opened; the host at which it is served
  [undefined, '127.0.0.1', 'localhost'],
  [undefined, 'localhost', 'localhost'],
  [undefined, 'app.localhost', 'app.localhost'],
  ['http://localhost:PORT', '127.0.0.1', 'localhost'],
  ['http://127.0.0.1:PORT', '127.0.0.1', '127.0.0.1'],
  ['http://127.0.0.1:PORT', 'localhost', '127.0.0.1'],
  ['http://app.localhost:PORT', 'localhost', 'app.localhost'],
  ['https://app.tunnel.example, http://127.0.0.1:PORT', '127.0.0.1', '127.0.0.1'],
  ['https://app.tunnel.example', '127.0.0.1', '127.0.0.1'],
  ['https://app.tunnel.example', 'app.tunnel.example', 'app.tunnel.example'],
  // A reverse proxy, which keeps or replaces the host.
  ['http://localhost', '127.0.0.1', '127.0.0.1'],
  ['no origin', '127.0.0.1', '127.0.0.1'],
])('with WEB_ORIGIN %s a page that is opened at %s is served at %s', async (webOrigin, opened, served) => {
  const port = await getPort();
  const server = await createServer({
    root: TEAM_APP,
    configFile: false,
    plugins: [signIn({ webOrigin: webOrigin?.replace('PORT', String(port)) })],
    logLevel: 'silent',
    server: { port, host: '127.0.0.1' },
  });
  onTestFinished(() => server.close());
  await server.listen();
  const [response]: IncomingMessage[] = await once(
    get({ port, path: '/?x=1', headers: { host: `${opened}:${port}`, accept: 'text/html' } }),
    'response',
  );
  response?.resume();
  const isRedirected = opened !== served;
  expect(response?.statusCode).toBe(isRedirected ? 302 : 200);
  expect(response?.headers.location).toBe(isRedirected ? `//${served}:${port}/?x=1` : undefined);
});

test('the preview server answers at the host of WEB_ORIGIN and refuses other hosts', async () => {
  const port = await getPort();
  const server = await preview({
    root: TEAM_APP,
    configFile: false,
    plugins: [signIn({ webOrigin: 'https://app.tunnel.example' })],
    build: { outDir: built.outDir },
    preview: { port },
  });
  onTestFinished(() => server.close());
  const statusAt = async (host: string) => {
    const [response]: IncomingMessage[] = await once(get({ port, headers: { host } }), 'response');
    return response?.resume().statusCode;
  };
  expect(await statusAt('app.tunnel.example')).toBe(200);
  expect(await statusAt('evil.example')).toBe(403);
});

test('a base path under which the redirect URI would move is refused', async () => {
  const config = { root: TEAM_APP, configFile: false as const, plugins: [signIn()], base: '/team/' };
  await expect(build({ ...config, logLevel: 'silent' })).rejects.toThrow('"base": "/"');
});
