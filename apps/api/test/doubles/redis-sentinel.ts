import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePorts } from '../support/free-port.ts';
import { spawnRedis } from './redis-server.ts';

/** A master, its replica, and a Sentinel that makes the replica the master. */
export interface RedisSentinel {
  /** The address of the Sentinel. */
  url: string;
  killMaster: () => Promise<void>;
  stop: () => Promise<void>;
}

const PASSWORD = 'canary-password';

export async function startRedisSentinel(): Promise<RedisSentinel> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-'));
  const [master = 0, replica = 0, sentinelPort = 0] = await freePorts(3);
  const access = ['--dir', folder, '--requirepass', PASSWORD, '--masterauth', PASSWORD];
  const servers = await Promise.all([
    spawnRedis(master, access),
    spawnRedis(replica, [...access, '--replicaof', `127.0.0.1 ${master}`]),
  ]);
  const configuration = join(folder, 'sentinel.conf');
  writeFileSync(
    configuration,
    `port ${sentinelPort}
bind 127.0.0.1
requirepass ${PASSWORD}
sentinel monitor sessions 127.0.0.1 ${master} 1
sentinel auth-pass sessions ${PASSWORD}
sentinel down-after-milliseconds sessions 500
`,
  );
  const sentinel = spawn('redis-server', [configuration, '--sentinel'], { stdio: 'ignore' });
  // Kills it even if the test run crashes.
  const onExit = () => void sentinel.kill('SIGKILL');
  process.once('exit', onExit);

  const client = new Redis({ port: sentinelPort, password: PASSWORD });
  client.on('error', () => undefined); // Until the Sentinel listens.
  await vi.waitFor(async () => {
    const replicas = await client.call('SENTINEL', 'REPLICAS', 'sessions');
    if (!JSON.stringify(replicas).includes('"slave-priority"'))
      throw new Error('the replica is not known yet');
  }, 20_000);
  client.disconnect();

  return {
    url: `redis://:${PASSWORD}@127.0.0.1:${sentinelPort}`,
    killMaster: () => servers[0].kill(),
    async stop() {
      process.off('exit', onExit);
      const exited = once(sentinel, 'exit');
      sentinel.kill('SIGKILL');
      await Promise.all([exited, ...servers.map(({ kill }) => kill())]);
      rmSync(folder, { recursive: true });
    },
  };
}
