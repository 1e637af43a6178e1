import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { buildApp } from '@oneclick/api/app';
import { parseConfig } from '@oneclick/api/config';
import { startDeployment } from '@oneclick/e2e/deployment';
import { installedWebServers } from '@oneclick/stack/web-servers';
import getPort from 'get-port';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { buildWebApp } from '../../test/build-web-app.ts';
import { resolveExampleHosts } from '../../test/resolve-example-hosts.ts';
import { diagnoseDeployment } from './diagnose.ts';

/* The files of apps/web/deploy and apps/api/deploy as they stand: the command finds no fault in them. */

const folder = mkdtempSync(join(tmpdir(), 'web-servers-'));
beforeAll(() => buildWebApp(folder));
afterAll(() => {
  tls.setDefaultCACertificates(tls.getCACertificates('bundled'));
  rmSync(folder, { recursive: true });
});
beforeEach(resolveExampleHosts);

async function start(
  server: 'nginx' | 'caddy',
  apiHost: string,
  nginxLines = '',
): Promise<{ app: URL; stopApi: () => Promise<void> }> {
  const apiPort = await getPort();
  const hosts = { web: 'app.example.com', api: apiHost };
  const deployment = await startDeployment({
    server,
    hosts,
    apiPort,
    nginxLines,
    build: join(folder, 'dist'),
  });
  onTestFinished(deployment.stop);
  tls.setDefaultCACertificates([deployment.certificates]);
  const api = await buildApp(
    parseConfig({
      WEB_ORIGIN: deployment.origins.web,
      API_ORIGIN: deployment.origins.api,
      OAUTH_PROVIDER: 'https://aihubmix.example.org',
      OAUTH_CLIENT_ID: 'client_1',
      OAUTH_CLIENT_SECRET: 'secret_1',
      SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
      TRUST_PROXY: '127.0.0.1',
      LOG_LEVEL: 'silent',
    }),
  );
  onTestFinished(() => api.close());
  await api.listen({ host: '127.0.0.1', port: apiPort });
  return { app: new URL(deployment.origins.web), stopApi: () => api.close() };
}

describe.each(['nginx', 'caddy'] as const)('%s', (server) => {
  test.skipIf(!installedWebServers[server]).each(['app.example.com', 'api.example.com'])(
    `${server} with the API on %s has no findings`,
    async (apiHost) => {
      const { app } = await start(server, apiHost);
      expect(await diagnoseDeployment(app)).toEqual([]);
    },
  );
});

test.skipIf(!installedWebServers.nginx)('the API behind nginx is down: api_not_running', async () => {
  const { app, stopApi } = await start('nginx', 'app.example.com');
  await stopApi();
  expect((await diagnoseDeployment(app)).map(({ code }) => code)).toEqual(['api_not_running']);
});

describe('nginx removes .html from addresses', () => {
  const nginxLines = String.raw`
    rewrite ^(/oauth/\w+)\.html$ $1 permanent;
    location ~ ^/oauth/\w+$ {
      include oneclick/web/dist-headers/nginx-headers.conf;
      try_files $uri.html =404;
    }`;
  test.skipIf(!installedWebServers.nginx).each([
    ['an API on a host of its own has no findings', 'api.example.com', []],
    ['an API on the same host: window_page_redirected', 'app.example.com', ['window_page_redirected']],
  ])('%s', async (_name, apiHost, codes) => {
    const { app } = await start('nginx', apiHost, nginxLines);
    expect((await diagnoseDeployment(app)).map(({ code }) => code)).toEqual(codes);
  });
});
