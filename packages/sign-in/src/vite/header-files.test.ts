// @vitest-environment node
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllHeaders } from '@netlify/headers-parser';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type HeaderManifest, headersFor } from '../headers.ts';
import { headerFiles } from './header-files.ts';
import { hashesOfPages } from './header-manifest.ts';

/* The generated files, read by the servers that they are written for, with the files of apps/web/deploy and apps/api/deploy. */

const FILES: Record<string, string> = {
  'index.html': '<script>app</script>',
  'gallery.html': '<style>gallery</style>',
  'docs/index.html': '<script>docs</script>',
  'oauth/callback.html': '<script>callback</script><style>window</style>',
  'oauth/opening.html': '<script>opening</script><style>window</style>',
  'oauth/finish-here.js': 'export {}',
  'assets/app-B3CLSWEI.js': 'export {}',
  'favicon.svg': '<svg/>',
};
const MANIFEST: HeaderManifest = {
  pages: hashesOfPages(Object.entries(FILES)),
  assets: ['/assets/app-B3CLSWEI.js'],
  assetBase: 'https://cdn.example/team/',
  connectTo: ['https://api.example', 'https://usage.example'],
};
const SERVED_PATHS = Object.keys(FILES).map((path) => `/${path}`);

const folder = mkdtempSync(join(tmpdir(), 'headers-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const files = [
    ...Object.entries(FILES).map(([path, text]) => [`dist/${path}`, text] as const),
    ...[...headerFiles(MANIFEST)].map(([name, text]) => [`dist-headers/${name}`, text] as const),
  ];
  for (const [path, text] of files) {
    write(path, text);
  }
});

const APPS = join(import.meta.dirname, '../../../../apps');

/**
 * Copies a file of the web app's or the API's folder `deploy`, edited as an operator does.
 * @param path relative to apps
 * @param edits each text that is replaced, and its replacement
 */
function copyDeployed(path: string, to: string, edits: [text: string, replacement: string][] = []): void {
  let text = readFileSync(join(APPS, path), 'utf8');
  for (const [edited, replacement] of edits) {
    expect(text).toContain(edited);
    text = text.replace(edited, replacement);
  }
  write(to, text);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Starts an API that answers every path with a header of its own. */
async function startApi(): Promise<number> {
  const port = await getPort();
  const server = createServer((_, response) => response.setHeader('Referrer-Policy', 'of-the-api').end());
  await once(server.listen(port, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return port;
}

/** Starts a web server until the test ends, and resolves when it answers. */
async function startServer(
  command: string,
  args: string[],
  port: number,
  env: Record<string, string> = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: folder, ...env },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill();
    await closed;
  });
  const origin = `http://127.0.0.1:${port}`;
  await Promise.race([
    vi.waitFor(() => fetch(origin), { timeout: 20_000 }),
    closed.then(() => Promise.reject(new Error(errors))),
  ]);
  return origin;
}

/** The status of each path, and those headers that this package decides about. */
async function answersOf(origin: string): Promise<Answers> {
  const paths = Object.keys(expectedAnswers({ missing: '' }));
  const answers = paths.map(async (path): Promise<[string, Answers[string]]> => {
    const { status, headers } = await fetch(origin + path, { redirect: 'manual' });
    const names = Object.keys(headersFor('/', MANIFEST)).filter((name) => headers.has(name));
    return [path, { status, ...Object.fromEntries(names.map((name) => [name, headers.get(name)])) }];
  });
  return Object.fromEntries(await Promise.all(answers));
}

type Answers = Record<string, Record<string, unknown>>;

/** @param missing the Cache-Control of a file that is not there */
function expectedAnswers({ missing }: { missing: string }): Answers {
  const served = [...SERVED_PATHS, '/', '/account', '/oauth/callback.html?code=x&state=y'];
  const notFound = ['/assets/app-older000.js', '/oauth/nowhere.html'];
  const forwarded = ['/api/oauth/session', '/auth/oauth/start', '/oauth/callback?code=x'];
  return {
    ...Object.fromEntries(served.map((path) => [path, { status: 200, ...headersFor(path, MANIFEST) }])),
    ...Object.fromEntries(
      notFound.map((path) => [
        path,
        {
          status: 404,
          ...headersFor(path, MANIFEST),
          ...(path.startsWith('/assets/') && { 'Cache-Control': missing }),
        },
      ]),
    ),
    ...Object.fromEntries(forwarded.map((path) => [path, { status: 200, 'Referrer-Policy': 'of-the-api' }])),
  };
}

const lowerCase = (headers: Record<string, string>) => Object.fromEntries(new Headers(headers));

const isInstalled = (command: string, arg: string) =>
  spawnSync(command, [arg], { stdio: 'ignore' }).status === 0;

/** Debian installs nginx outside the PATH of users who are not root. */
const NGINX = ['nginx', '/usr/sbin/nginx'].find((path) => isInstalled(path, '-v'));

test.skipIf(!NGINX)(
  'nginx sends the headers, with the files for operators and a fallback for routes',
  async () => {
    const [port, api] = [await getPort(), await startApi()];
    copyDeployed('web/deploy/nginx.conf', 'oneclick/web/nginx.conf', [
      ['location / {', 'location / { try_files $uri /index.html;'],
    ]);
    copyDeployed('api/deploy/nginx-routes.conf', 'oneclick/api/nginx-routes.conf');
    copyDeployed('api/deploy/nginx-upstream.conf', 'oneclick/api/nginx-upstream.conf', [
      ['127.0.0.1:3000', `127.0.0.1:${api}`],
    ]);
    write(
      'oneclick/web/nginx-site.conf',
      `listen 127.0.0.1:${port}; root ${folder}/dist; access_log off; include oneclick/api/nginx-routes.conf;`,
    );
    cpSync(join(folder, 'dist-headers'), join(folder, 'oneclick/web/dist-headers'), { recursive: true });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const config = `daemon off; master_process off; pid nginx.pid; events {}
    http {
      ${temporary.map((name) => `${name}_temp_path temporary-${name};`).join(' ')}
      include oneclick/api/nginx-upstream.conf;
      include oneclick/web/nginx.conf;
    }`;
    write('nginx.conf', config);
    const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'];
    expect(spawnSync(NGINX!, [...args, '-t'], { encoding: 'utf8' }).stderr).toContain('test is successful');
    const origin = await startServer(NGINX!, args, port);
    expect(await answersOf(origin)).toEqual(expectedAnswers({ missing: 'no-store' }));
  },
);

test.skipIf(!isInstalled('caddy', 'version'))(
  'Caddy sends the headers, with the files for operators and a fallback for routes',
  async () => {
    const [port, api] = [await getPort(), await startApi()];
    const route = [
      '@route {',
      '    not path /oauth/* /assets/*',
      '    not file',
      '}',
      'rewrite @route /index.html',
    ];
    copyDeployed(
      'web/deploy/Caddyfile',
      'caddy/Caddyfile',
      route.map((line) => [`#     ${line}`, line]),
    );
    copyDeployed('api/deploy/routes.caddyfile', 'caddy/api/routes.caddyfile');
    cpSync(join(folder, 'dist-headers'), join(folder, 'caddy/dist-headers'), { recursive: true });
    const args = ['run', '--config', join(folder, 'caddy/Caddyfile'), '--adapter', 'caddyfile'];
    const origin = await startServer('caddy', args, port, {
      CADDY_ADMIN: 'off',
      WEB_HOST: `http://127.0.0.1:${port}`,
      WEB_FILES: join(folder, 'dist'),
      API_INSTANCES: `127.0.0.1:${api}`,
    });
    expect(await answersOf(origin)).toEqual(expectedAnswers({ missing: 'no-cache' }));
  },
);

test.each([
  // As netlify/primitives does it: the last rule that matches decides.
  ['Netlify', (rules: HostRule[]) => Object.assign({}, ...rules.map(({ set }) => set))],
  // As the asset worker of cloudflare/workers-sdk does it: values are joined, unless they were removed.
  [
    'Cloudflare',
    (rules: HostRule[]) => {
      const headers = new Headers();
      for (const { set, unset } of rules) {
        for (const name of unset) headers.delete(name);
        for (const [name, value] of Object.entries(set)) headers.append(name, value);
      }
      return Object.fromEntries(headers);
    },
  ],
])('a static host reads the headers from `_headers`: %s', async (_, apply) => {
  const rules = await readHostRules();
  const at = (path: string) => lowerCase(apply(rules.filter(({ pattern }) => pattern.test(path))));
  for (const path of [...SERVED_PATHS, '/', '/account', '/gallery', '/docs/', '/oauth/callback']) {
    expect({ path, ...at(path) }).toEqual({ path, ...lowerCase(headersFor(path, MANIFEST)) });
  }
  expect(at('/assets/app-older000.js')['cache-control']).toBe('no-cache');
});

interface HostRule {
  pattern: RegExp;
  set: Record<string, string>;
  /** The names behind `!`, which only Cloudflare reads. */
  unset: string[];
}

async function readHostRules(): Promise<HostRule[]> {
  const file = join(folder, 'dist-headers/_headers');
  const parsed = await parseAllHeaders({ headersFiles: [file], configHeaders: undefined, minimal: false });
  expect(parsed.errors).toEqual([]);
  const blocks = readFileSync(file, 'utf8')
    .split(/^(?=\/)/m)
    .slice(1);
  expect(blocks.length).toBeLessThanOrEqual(100);
  return parsed.headers.map((header, index) => {
    if (!('forRegExp' in header)) throw new Error('The parser was asked for patterns.');
    expect(blocks[index]?.split('\n')[0]).toBe(header.for);
    const unset = Array.from(blocks[index]?.matchAll(/^ {2}! (.+)$/gm) ?? [], ([, name = '']) => name);
    return { pattern: header.forRegExp, set: header.values, unset };
  });
}
