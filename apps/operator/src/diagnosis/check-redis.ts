import { lookup } from 'node:dns/promises';
import { connectToRedis } from '@oneclick/api/redis-connection';
import type { Config } from '@oneclick/api/config';
import ipaddr from 'ipaddr.js';
import { certificateFault } from './check-connection.ts';
import { finding, type Finding } from './finding.ts';

/** Connects as the API does, with the commands that it sends. */
export async function checkRedis({
  redisUrl,
  provider,
}: Pick<Config, 'redisUrl'> & { provider: { clientId: string } }): Promise<Finding[]> {
  if (redisUrl === undefined) return [];
  const { protocol, hostname, host } = new URL(redisUrl);
  const findings: Finding[] = [];
  if (protocol === 'redis:' && (await isOnTheInternet(hostname))) {
    findings.push(
      finding(
        'redis_in_plain_text',
        `The connection to Redis at ${host} leaves the private network unencrypted.`,
      ),
    );
  }

  let code = '';
  const note = ({ err }: { err?: unknown }) => {
    code = err instanceof Error && 'code' in err ? String(err.code) : '';
  };
  const connection = await connectToRedis({
    url: redisUrl,
    keyPrefix: `${encodeURIComponent(provider.clientId)}:`,
    log: { info: note, warn: note, error: note },
  });
  try {
    const state = connection.state();
    const reason = code && ` (${code})`;
    const isRefused = state === 'refusing' || ['WRONGPASS', 'NOAUTH', 'NOPERM'].includes(code);
    if (isRefused) {
      return [
        ...findings,
        finding('redis_refuses', `Redis at ${host} refuses the commands of the API${reason}.`),
      ];
    }
    if (state === 'unreachable') {
      const fault = certificateFault(`Redis at ${host}`, [code]);
      if (fault) return [...findings, fault];
      return [...findings, finding('redis_unreachable', `Redis at ${host} can't be used${reason}.`)];
    }
    // Of the server that is connected. A cluster has several, which are set up alike.
    const info = (await connection.tryRedis((client) => client.info())) ?? '';
    const valueOf = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    const eviction = valueOf('maxmemory_policy');
    if (eviction !== undefined && eviction !== 'noeviction') {
      findings.push(finding('redis_evicts', `Redis at ${host} has the maxmemory-policy ${eviction}.`));
    }
    if (valueOf('aof_enabled') === '0') {
      findings.push(finding('redis_forgets', `Redis at ${host} does not write its changes to a file.`));
    }
    return findings;
  } finally {
    connection.close();
  }
}

const PRIVATE_RANGES = ['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'];

async function isOnTheInternet(hostname: string): Promise<boolean> {
  const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return addresses.some(({ address }) => !PRIVATE_RANGES.includes(ipaddr.process(address).range()));
}
