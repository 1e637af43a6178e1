import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureBuild } from '@oneclick/sign-in/configure';
import { startCaddy, startNginx, type WebServer } from '@oneclick/stack/web-servers';
import getPort from 'get-port';
import { generate } from 'selfsigned';

/*
 * The build behind nginx or Caddy, over https, with the files of apps/web/deploy and apps/api/deploy as they stand. Set here
 * is only what an operator sets: names, ports, certificates, and where the API is.
 */

export interface DeploymentDescription {
  server: 'nginx' | 'caddy';
  /** Names below `localhost` need no DNS, because browsers resolve them to this machine. */
  hosts: { web: string; api: string };
  /** More lines for the server block of the web app in nginx. */
  nginxLines?: string;
}

export interface Deployment {
  /** The origins that browsers see. One and the same if the API is behind the host of the web app. */
  origins: { web: string; api: string };
  /** The certificate, followed by that of the test CA. */
  certificates: string;
  /** What the web servers have logged, about requests too. */
  log: () => string;
  stop: () => Promise<void>;
}

const WEB = join(import.meta.dirname, '../../web');
const API = join(import.meta.dirname, '../../api');

/**
 * @param options.apiPort the port of the API itself
 * @param options.build the build of the web app
 */
export async function startDeployment(
  options: DeploymentDescription & { apiPort: number; build?: string },
): Promise<Deployment> {
  const { server, hosts, nginxLines = '' } = options;
  const folder = mkdtempSync(join(tmpdir(), `${server}-`));
  const isApart = hosts.api !== hosts.web;
  const webPort = await getPort();
  // nginx serves both hosts. Caddy's two files are for two machines.
  const ports = { web: webPort, api: isApart && server === 'caddy' ? await getPort() : webPort };
  const origins = { web: `https://${hosts.web}:${ports.web}`, api: `https://${hosts.api}:${ports.api}` };

  const upstream = `127.0.0.1:${options.apiPort}`;
  const site: Site = {
    hosts,
    nginxLines,
    folder,
    isApart,
    ports,
    upstream,
    tls: await createCertificate(folder, hosts),
  };
  configureBuild({
    from: options.build ?? join(WEB, 'dist'),
    to: join(folder, 'dist'),
    apiOrigin: isApart ? origins.api : undefined,
  });
  const servers = await (server === 'nginx' ? serveWithNginx(site) : serveWithCaddy(site));
  return {
    origins,
    certificates: readFileSync(site.tls.certificate, 'utf8'),
    log: () => servers.map(({ log }) => log()).join('\n'),
    async stop() {
      await Promise.all(servers.map(({ stop }) => stop()));
      rmSync(folder, { recursive: true });
    },
  };
}

interface Site {
  nginxLines: string;
  folder: string;
  hosts: DeploymentDescription['hosts'];
  isApart: boolean;
  ports: { web: number; api: number };
  /** The files of both hosts. */
  tls: { certificate: string; key: string };
  /** The address of the API itself. */
  upstream: string;
}

async function serveWithNginx({
  nginxLines,
  folder,
  hosts,
  isApart,
  ports,
  tls,
  upstream,
}: Site): Promise<WebServer[]> {
  const [web, api] = [join(folder, 'oneclick/web'), join(folder, 'oneclick/api')];
  copyMatching(join(WEB, 'deploy'), web, /\.conf$/);
  copyMatching(join(API, 'deploy'), api, /\.conf$/);
  cpSync(join(folder, 'dist-headers'), join(web, 'dist-headers'), { recursive: true });

  const site = (host: string, log: string) => `
    listen 127.0.0.1:${ports.web} ssl http2;
    server_name ${host};
    ssl_certificate ${tls.certificate};
    ssl_certificate_key ${tls.key};
    access_log ${folder}/access.log ${log};`;
  const routes = isApart ? '' : 'include oneclick/api/nginx-routes.conf;';
  writeFileSync(
    join(web, 'nginx-site.conf'),
    `${site(hosts.web, 'oneclick_web')} root ${folder}/dist; ${routes} ${nginxLines}`,
  );
  writeFileSync(join(api, 'nginx-site.conf'), site(hosts.api, 'oneclick_api'));
  const instances = join(api, 'nginx-upstream.conf');
  writeFileSync(instances, readFileSync(instances, 'utf8').replace('127.0.0.1:3000', upstream));

  const nginx = await startNginx({
    folder,
    port: ports.web,
    http: `include oneclick/api/${isApart ? 'nginx.conf' : 'nginx-upstream.conf'}; include oneclick/web/nginx.conf;`,
  });
  return [{ ...nginx, log: () => nginx.log() + readFileSync(join(folder, 'access.log'), 'utf8') }];
}

async function serveWithCaddy({ folder, hosts, isApart, ports, tls, upstream }: Site): Promise<WebServer[]> {
  const environment = {
    CADDY_ADMIN: 'off',
    WEB_HOST: hosts.web,
    WEB_TLS: `tls ${tls.certificate} ${tls.key}`,
    WEB_FILES: join(folder, 'dist'),
    API_HOST: hosts.api,
    API_TLS: `tls ${tls.certificate} ${tls.key}`,
    API_INSTANCES: upstream,
  };
  /** A machine with the Caddyfile of this app in /etc/caddy. */
  async function serve(app: 'web' | 'api', withRoutes: boolean): Promise<WebServer> {
    const etc = join(folder, app);
    const port = ports[app];
    copyMatching(join(app === 'web' ? WEB : API, 'deploy'), etc, /^Caddyfile$/);
    cpSync(join(folder, 'dist-headers'), join(etc, 'dist-headers'), { recursive: true });
    if (withRoutes) copyMatching(join(API, 'deploy'), join(etc, 'api'), /\.caddyfile$/);
    const given = { ...environment, HTTP_PORT: String(await getPort()), HTTPS_PORT: String(port) };
    return startCaddy({ folder: etc, port, environment: given });
  }
  return Promise.all([serve('web', !isApart), ...(isApart ? [serve('api', true)] : [])]);
}

function copyMatching(from: string, to: string, pattern: RegExp): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (pattern.test(name)) cpSync(join(from, name), join(to, name));
}

/** A certificate for both hosts, of a test CA of its own. */
async function createCertificate(folder: string, hosts: Site['hosts']): Promise<Site['tls']> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'Test CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const { cert, private: key } = await generate([{ name: 'commonName', value: hosts.web }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'subjectAltName', altNames: Object.values(hosts).map((value) => ({ type: 2, value })) },
    ],
  });
  const paths = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  writeFileSync(paths.certificate, `${cert}\n${ca.cert}\n`);
  writeFileSync(paths.key, key);
  return paths;
}
