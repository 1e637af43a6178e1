import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { inheritedEnvironment, type Environment } from './environment.ts';
import { findProgram } from './find-chromium.ts';

/** nginx or Caddy, run by a test with its configuration in a folder of the test. */
export interface WebServer {
  /** What the server has written to its logs so far. */
  log: () => string;
  /** Reads the configuration anew, as an operator does after an edit. Connections in flight are finished. */
  reload: () => void;
  stop: () => Promise<void>;
}

interface WebServerOptions {
  /** Contains the files that the configuration includes. The logs go there, too. */
  folder: string;
  /** A port that the configuration listens on. */
  port: number;
  /** @default 30_000 */
  readyTimeoutMs?: number;
}

/** Debian installs nginx outside of the PATH of users who are not root. */
const NGINX = findProgram('nginx') ?? findProgram('/usr/sbin/nginx');
const CADDY = findProgram('caddy');

/** Which of the two servers are installed. Tests that need the other one are skipped. */
export const installedWebServers = { nginx: NGINX !== null, caddy: CADDY !== null };

/**
 * Starts nginx. Resolves when it listens.
 *
 * @param options.http the content of the http block. Includes are relative to the folder, as they are to /etc/nginx
 * @throws {Error} with the output of `nginx -t` if the configuration has a fault, or if nginx does not listen on the port
 */
export async function startNginx({
  http,
  ...options
}: WebServerOptions & { http: string }): Promise<WebServer> {
  const { folder } = options;
  // The default folders belong to root.
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(
    configuration,
    `user ${userInfo().username};
pid ${folder}/nginx.pid;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  ${temporary.join('\n  ')}
  ${http}
}
`,
  );
  const log = join(folder, 'error.log');
  const args = ['-p', folder, '-c', configuration];
  await execa(NGINX ?? 'nginx', [...args, '-t', '-e', 'stderr']);
  const server = await start(NGINX ?? 'nginx', [...args, '-e', log, '-g', 'daemon off;'], options);
  return { ...server, log: () => server.log() + readFileSync(log, 'utf8') };
}

/**
 * Starts Caddy with the Caddyfile in the folder. Resolves when it listens.
 *
 * @throws {Error} with the output of `caddy validate` if the configuration has a fault, or if Caddy does not listen on the port
 */
export async function startCaddy({
  environment = {},
  ...options
}: WebServerOptions & { environment?: Environment }): Promise<WebServer> {
  const { folder } = options;
  const env = { HOME: folder, ...environment };
  const args = ['--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  await execa(CADDY ?? 'caddy', ['validate', ...args], { cwd: folder, env });
  return start(CADDY ?? 'caddy', ['run', ...args], { ...options, env });
}

async function start(
  program: string,
  args: string[],
  { folder, port, readyTimeoutMs = 30_000, env = {} }: WebServerOptions & { env?: Environment },
): Promise<WebServer> {
  const subprocess = execa(program, args, {
    cwd: folder,
    env: { ...inheritedEnvironment, ...env },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
  });
  let output = '';
  subprocess.all.on('data', (chunk) => (output += String(chunk)));
  let hasEnded = false;
  const ended = subprocess.then(() => (hasEnded = true));
  const deadline = AbortSignal.timeout(readyTimeoutMs);
  while (!(await isListening(port))) {
    if (deadline.aborted) {
      subprocess.kill('SIGTERM');
      await ended;
      throw new Error(`${program} does not listen on port ${port}: ${output}`);
    }
    if (hasEnded) throw new Error(`${program} ended before it listened: ${output}`);
    await delay(20);
  }
  return {
    log: () => output,
    reload: () => void subprocess.kill('SIGHUP'),
    async stop() {
      subprocess.kill('SIGTERM');
      await ended;
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const connection = connect(port, '127.0.0.1');
  return once(connection, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => connection.destroy());
}
