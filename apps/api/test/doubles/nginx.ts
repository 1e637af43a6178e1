import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { freePort } from '../support/free-port.ts';

/** Debian installs nginx outside the PATH of users who are not root. */
const PROGRAM = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0);

export const isNginxInstalled = PROGRAM !== undefined;

/**
 * Starts nginx with its default settings and nothing but `proxy_pass`, until the end of the test.
 * @returns the port of nginx
 */
export async function startNginx(upstreamPort: number): Promise<number> {
  if (PROGRAM === undefined) throw new Error('nginx is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const configuration = join(folder, 'nginx.conf');
  // The paths are set because the default ones belong to root.
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    configuration,
    `pid ${folder}/pid;
events {}
http {
  access_log off;
  ${paths.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${upstreamPort}; }
  }
}`,
  );
  const args = ['-p', folder, '-c', configuration, '-e', join(folder, 'error.log'), '-g', 'daemon off;'];
  const server = spawn(PROGRAM, args, { stdio: 'ignore' });
  onTestFinished(async () => {
    const exited = once(server, 'exit');
    if (server.kill('SIGTERM')) await exited;
    rmSync(folder, { recursive: true });
  });
  await vi.waitFor(async () => {
    const connection = connect(port, '127.0.0.1');
    await once(connection, 'connect');
    connection.destroy();
  }, 10_000);
  return port;
}
