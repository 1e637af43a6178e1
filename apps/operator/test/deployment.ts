import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { buildApp } from '@oneclick/api/app';
import { parseConfig } from '@oneclick/api/config';
import { type HeaderManifest, headersFor } from '@oneclick/sign-in/headers';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { buildWebApp } from './build-web-app.ts';
import { createAuthority, type Certificate } from './certificates.ts';

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string | Uint8Array;
}

/** Changes a reply on its way to the browser, as a reverse proxy or a CDN does. */
export type Fault = (reply: Reply, request: { host: string; method: string; path: string }) => Reply;

interface Plant {
  fault?: Fault;
  /** Variables of the API that differ. */
  api?: Record<string, string>;
  /** Whether the API is on a host of its own. */
  isSplit?: boolean;
  certificate?: Certificate;
  /** A request header that a proxy drops. */
  dropsRequestHeader?: string;
  /** A path below which the web server serves the app. */
  isBelow?: string;
  hasWindowPagesAtRoot?: boolean;
}

const METHODS = ['GET', 'POST', 'OPTIONS'] as const;
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The web app as Vite builds it, its headers and the real API, behind https on two host names of this machine. */
export function useDeployment() {
  const folder = mkdtempSync(join(tmpdir(), 'deployment-'));
  let authority: Awaited<ReturnType<typeof createAuthority>>;
  let files: Map<string, string>;
  let manifest: HeaderManifest;
  let port = 0;
  let planted: Plant = {};
  let api: Awaited<ReturnType<typeof buildApp>> | undefined;

  const originOf = (host: string) => `https://${host}:${port}`;
  const deployment = {
    /** The environment of the API. */
    environment: (): Record<string, string> => ({
      WEB_ORIGIN: originOf('app.example.com'),
      ...(planted.isSplit && { API_ORIGIN: originOf('api.example.com') }),
      OAUTH_PROVIDER: 'https://aihubmix.example.org',
      OAUTH_CLIENT_ID: 'client_1',
      OAUTH_CLIENT_SECRET: 'canary-client-secret',
      SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
      TRUST_PROXY: '127.0.0.1',
      LOG_LEVEL: 'silent',
      ...planted.api,
    }),
    get app() {
      return new URL(originOf('app.example.com'));
    },
    authority: () => authority,
    /** Until the end of the test. */
    async plant(plant: Plant): Promise<void> {
      planted = plant;
      if (plant.certificate) server.setSecureContext(plant.certificate);
      await api?.close();
      api = await buildApp(parseConfig(deployment.environment()));
    },
  };

  const server = createServer((request, response) => {
    const { host = '', 'content-length': _, ...headers } = request.headers;
    const [hostname = ''] = host.split(':');
    const method = METHODS.find((each) => each === request.method) ?? 'GET';
    const url = request.url ?? '/';
    const [path = '/'] = url.split('?');
    void answer();

    async function answer(): Promise<void> {
      const isForApi = /^\/(?:api|auth)\//.test(path);
      const reply = isForApi ? await askApi() : readFile();
      const changed = planted.fault?.(reply, { host: hostname, method, path }) ?? reply;
      for (const [name, value] of Object.entries(changed.headers)) {
        if (value !== undefined) response.setHeader(name, value);
      }
      response.writeHead(changed.status).end(changed.body);
    }

    async function askApi(): Promise<Reply> {
      const payload = await text(request);
      // The deployment's own proxy refuses the page with the documentation.
      if (!api || /^\/api\/(?:docs|openapi)/.test(path)) return { status: 404, headers: {}, body: '' };
      if (planted.dropsRequestHeader) delete headers[planted.dropsRequestHeader];
      const injected = await api.inject({
        method,
        url,
        headers: { ...headers, host },
        payload,
      });
      const { 'content-length': _length, ...others } = injected.headers;
      return {
        status: injected.statusCode,
        headers: Object.fromEntries(
          Object.entries(others).map(([name, value]) => [
            name,
            typeof value === 'number' ? String(value) : value,
          ]),
        ),
        body: injected.body,
      };
    }

    function readFile(): Reply {
      const { isBelow = '/', hasWindowPagesAtRoot = false } = planted;
      const isAtRoot = hasWindowPagesAtRoot && path.startsWith('/oauth/');
      const below = isAtRoot || !path.startsWith(isBelow) ? path : `/${path.slice(isBelow.length)}`;
      const isServed = isAtRoot || path.startsWith(isBelow) || path.startsWith('/assets/');
      const file = below === '/' ? '/index.html' : below;
      const body = isServed ? files.get(file) : undefined;
      if (body === undefined) return { status: 404, headers: { 'Cache-Control': 'no-store' }, body: '' };
      const apiOrigin = planted.isSplit ? originOf('api.example.com') : '';
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      return {
        status: 200,
        headers: {
          'Content-Type': type,
          ...headersFor(file, { ...manifest, connectTo: apiOrigin ? [apiOrigin] : [] }),
        },
        body: body.replace(/(name="api-origin" content=)""/, `$1"${apiOrigin}"`),
      };
    }
  });

  beforeAll(async () => {
    authority = await createAuthority();
    tls.setDefaultCACertificates([authority.cert]);
    server.setSecureContext(await authority.issue());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    port = (typeof address === 'object' && address?.port) || 0;
    await buildWebApp(folder);
    ({ files, manifest } = readBuild(folder));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    tls.setDefaultCACertificates(tls.getCACertificates('bundled'));
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await api?.close();
    api = undefined;
    planted = {};
    server.setSecureContext(await authority.issue());
    server.closeAllConnections();
  });
  return deployment;
}

function readBuild(root: string): { files: Map<string, string>; manifest: HeaderManifest } {
  const paths = globSync('**/*.{html,js}', { cwd: join(root, 'dist') });
  return {
    files: new Map(paths.map((path) => [`/${path}`, readFileSync(join(root, 'dist', path), 'utf8')])),
    manifest: JSON.parse(readFileSync(join(root, 'dist-headers/headers.json'), 'utf8')),
  };
}
