import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePorts } from '../support/free-port.ts';
import { spawnRedis } from './redis-server.ts';

/** A real cluster. Its 16,384 slots are divided among the shards. */
export interface RedisCluster {
  /** The address of one shard. */
  url: string;
  /** Runs the command on every shard. */
  onEachShard: <T>(command: (shard: Redis) => Promise<T>) => Promise<T[]>;
  stop: () => Promise<void>;
}

const SHARDS = 3;
const SLOTS = 16_384;

export async function startRedisCluster(): Promise<RedisCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-cluster-'));
  const allPorts = await freePorts(2 * SHARDS);
  const [ports, busPorts] = [allPorts.slice(0, SHARDS), allPorts.slice(SHARDS)];
  const servers = await Promise.all(
    ports.map((port, i) => {
      const clusterOptions = { enabled: 'yes', port: busPorts[i], 'config-file': `${port}.conf` };
      const args = Object.entries(clusterOptions).flatMap(([name, value]) => [
        `--cluster-${name}`,
        String(value),
      ]);
      return spawnRedis(port, ['--dir', folder, ...args]);
    }),
  );
  const shards = ports.map((port) => new Redis(port, '127.0.0.1'));

  for (const [i, shard] of shards.entries()) {
    const [first, last] = [i, i + 1].map((n) => Math.floor((n * SLOTS) / SHARDS));
    await shard.call('CLUSTER', 'ADDSLOTSRANGE', first ?? 0, (last ?? SLOTS) - 1);
    for (const [other, port] of ports.entries()) {
      if (other !== i) await shard.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[other] ?? 0);
    }
  }
  await vi.waitFor(async () => {
    for (const shard of shards) {
      const info = await shard.cluster('INFO');
      if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${SHARDS}`)) {
        throw new Error('the shards have not met yet');
      }
    }
  }, 20_000);

  return {
    url: `redis://127.0.0.1:${ports[0]}`,
    onEachShard: (command) => Promise.all(shards.map(command)),
    async stop() {
      for (const shard of shards) shard.disconnect();
      await Promise.all(servers.map(({ kill }) => kill()));
      rmSync(folder, { recursive: true });
    },
  };
}
