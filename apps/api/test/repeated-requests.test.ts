import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { installedWebServers, startCaddy } from '@oneclick/stack/web-servers';
import { expect, onTestFinished, test } from 'vitest';
import { useNginx } from './doubles/nginx.ts';
import { freePort } from './support/free-port.ts';
import { portOf } from './support/port-of.ts';

/* What nginx and Caddy repeat at the next instance, with the files of apps/api/deploy. Plain servers stand for the instances. */

const DEPLOY = join(import.meta.dirname, '../deploy');
const CALLBACK = '/oauth/callback?code=code-1&state=state-1';

/** An instance that breaks off each connection after it has read a request, until `answer` is called. */
async function startInstance() {
  let isAnswering = false;
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    if (isAnswering) response.end('answered');
    else request.socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  return { port: portOf(server), received, answer: () => void (isAnswering = true) };
}

async function serveWithNginx(instances: number[]): Promise<number> {
  return useNginx(({ folder, port }) => {
    const api = join(folder, 'oneclick/api');
    mkdirSync(api, { recursive: true });
    for (const file of globSync(`${DEPLOY}/*.conf`)) cpSync(file, join(api, basename(file)));
    writeFileSync(join(api, 'nginx-site.conf'), `listen 127.0.0.1:${port}; access_log off;`);
    const servers = instances.map((instance) => `server 127.0.0.1:${instance} max_fails=0;`).join(' ');
    const upstream = readFileSync(join(api, 'nginx-upstream.conf'), 'utf8');
    writeFileSync(join(api, 'nginx-upstream.conf'), upstream.replace(/server 127.*/, servers));
    return 'include oneclick/api/nginx.conf;';
  });
}

async function serveWithCaddy(instances: number[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'caddy-'));
  const port = await freePort();
  cpSync(join(DEPLOY, 'routes.caddyfile'), join(folder, 'routes.caddyfile'));
  const site = `{\n admin off\n}\nhttp://127.0.0.1:${port} {\n import routes.caddyfile\n}\n`;
  writeFileSync(join(folder, 'Caddyfile'), site);
  const API_INSTANCES = instances.map((instance) => `127.0.0.1:${instance}`).join(' ');
  const caddy = await startCaddy({ folder, port, environment: { API_INSTANCES } });
  onTestFinished(async () => {
    await caddy.stop();
    rmSync(folder, { recursive: true });
  });
  return port;
}

const SERVERS = [
  { name: 'nginx', isInstalled: installedWebServers.nginx, serve: serveWithNginx },
  { name: 'Caddy', isInstalled: installedWebServers.caddy, serve: serveWithCaddy },
];

for (const { name, isInstalled, serve } of SERVERS) {
  test.skipIf(!isInstalled)(
    `${name} sends the code of a callback to one instance, and to the next one only if it could not connect`,
    async () => {
      const [first, second] = [await startInstance(), await startInstance()];
      const port = await serve([first.port, second.port]);
      const refused = await fetch(`http://127.0.0.1:${port}${CALLBACK}`);
      expect([...first.received, ...second.received]).toEqual([`GET ${CALLBACK}`]);
      expect([refused.status, await refused.json()]).toMatchObject([
        503,
        { error: 'shutting_down', retryable: false },
      ]);

      second.answer();
      const withOneAway = await serve([await freePort(), second.port]);
      for (let i = 0; i < 4; i += 1) {
        const response = await fetch(`http://127.0.0.1:${withOneAway}${CALLBACK}`);
        expect([response.status, await response.text()]).toEqual([200, 'answered']);
      }

      const withNone = await serve([await freePort()]);
      const away = await fetch(`http://127.0.0.1:${withNone}/api/oauth/session`, { method: 'POST' });
      expect([away.status, await away.json()]).toMatchObject([
        503,
        { error: 'shutting_down', retryable: true },
      ]);
    },
    20_000,
  );
}
