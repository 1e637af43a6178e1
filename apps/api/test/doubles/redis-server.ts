import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../support/free-port.ts';
import { portOf } from '../support/port-of.ts';

/** A real Redis that a test can stop and restart. */
export interface RedisServer {
  url: string;
  /** Stops Redis at once. Its data is lost. */
  kill: () => Promise<void>;
  /** Starts it again at the same address. */
  restart: () => Promise<void>;
  /** Connections stay open, and nothing is answered until `thaw`. */
  freeze: () => void;
  thaw: () => void;
  stop: () => Promise<void>;
}

/** Starts a Redis, or a proxy to the one at REDIS_URL. Killing the proxy makes Redis unreachable. */
export function startRedisServer(): Promise<RedisServer> {
  const url = process.env['REDIS_URL'];
  return url ? startProxyTo(url) : startOwn();
}

async function startOwn(): Promise<RedisServer> {
  const port = await freePort();
  let server = await spawnRedis(port);
  const kill = () => server.kill();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => void (server = await spawnRedis(port)),
    freeze: () => void server.process.kill('SIGSTOP'),
    thaw: () => void server.process.kill('SIGCONT'),
    stop: kill,
  };
}

/** Starts redis-server on this machine, without files. Resolves when it accepts connections. */
export async function spawnRedis(port: number, options: string[] = []) {
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...options,
  ];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  // Kills Redis even if the test run crashes.
  const onExit = () => void server.kill('SIGKILL');
  process.once('exit', onExit);
  server.once('exit', () => process.off('exit', onExit));
  await new Promise<void>((resolve, reject) => {
    const advice = 'install it, run "npx -y pnpm@12 test", which installs it on Debian, or set REDIS_URL';
    server.once('error', (cause) => reject(new Error(`redis-server can't be run: ${advice}`, { cause })));
    server.once('exit', () => reject(new Error('redis-server exited before it was ready.')));
    server.stdout.on('data', (text) => {
      if (String(text).includes('Ready to accept connections')) resolve();
    });
  });
  return {
    process: server,
    /** Stops it at once. Its data is lost. */
    async kill(): Promise<void> {
      const exited = once(server, 'exit');
      if (server.kill('SIGKILL')) await exited;
    },
  };
}

async function startProxyTo(url: string): Promise<RedisServer> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const proxy = createServer((client) => {
    const upstream = connect(Number(port || 6379), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (chunk) => isFrozen || other.write(chunk));
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  const restart = async (at: number) => void (await once(proxy.listen(at, '127.0.0.1'), 'listening'));
  const kill = async () => {
    const closed = once(proxy.close(), 'close');
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await restart(0);
  const ownPort = portOf(proxy);
  const own = new URL(url);
  own.host = `127.0.0.1:${ownPort}`;
  return {
    url: own.href,
    kill,
    restart: () => restart(ownPort),
    freeze: () => void (isFrozen = true),
    thaw: () => void (isFrozen = false),
    stop: kill,
  };
}
