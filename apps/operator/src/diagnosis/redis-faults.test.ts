import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { spawnRedis } from '@oneclick/api/test/redis-server';
import getPort from 'get-port';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../test/certificates.ts';
import { checkRedis } from './check-redis.ts';

const HEALTHY = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];

/** Starts a Redis with these options. @returns its address */
async function startRedis(options: string[]): Promise<string> {
  const port = await getPort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const redis = await spawnRedis(port, ['--dir', folder, ...options]);
  onTestFinished(async () => {
    await redis.kill();
    rmSync(folder, { recursive: true });
  });
  return `127.0.0.1:${port}`;
}

const check = (redisUrl: string | undefined) => checkRedis({ redisUrl, provider: { clientId: 'client_1' } });

test('a healthy Redis has no findings', async () => {
  expect(await check(`redis://${await startRedis(HEALTHY)}`)).toEqual([]);
});

test('a configuration without Redis has no findings', async () => {
  expect(await check(undefined)).toEqual([]);
});

test('Redis is not started: redis_unreachable', async () => {
  expect(await check('redis://127.0.0.1:9')).toMatchObject([
    { code: 'redis_unreachable', problem: "Redis at 127.0.0.1:9 can't be used (ECONNREFUSED)." },
  ]);
});

test('Redis evicts entries: redis_evicts', async () => {
  const host = await startRedis([...HEALTHY, '--maxmemory-policy', 'allkeys-lru']);
  expect(await check(`redis://${host}`)).toMatchObject([{ code: 'redis_evicts' }]);
});

test('Redis keeps nothing over a restart: redis_forgets', async () => {
  const host = await startRedis([...HEALTHY, '--appendonly', 'no']);
  expect(await check(`redis://${host}`)).toMatchObject([{ code: 'redis_forgets' }]);
});

test('the user lacks a right: redis_refuses', async () => {
  const user = '--user limited on >canary-password ~client_1:* +@connection +info +eval';
  const host = await startRedis([...HEALTHY, ...user.split(' ')]);
  const findings = await check(`redis://limited:canary-password@${host}`);
  expect(findings).toMatchObject([{ code: 'redis_refuses', problem: expect.stringContaining('(NOPERM)') }]);
  expect(JSON.stringify(findings)).not.toContain('canary');
});

test('the password is wrong: redis_refuses', async () => {
  const host = await startRedis([...HEALTHY, '--requirepass', 'right']);
  const findings = await check(`redis://default:canary-password@${host}`);
  expect(findings).toMatchObject([
    { code: 'redis_refuses', problem: expect.stringContaining('(WRONGPASS)') },
  ]);
  expect(JSON.stringify(findings)).not.toContain('canary');
});

test('the connection leaves the private network unencrypted: redis_in_plain_text', async () => {
  // An address of documentation (RFC 5737), where nothing answers.
  const findings = await check('redis://192.0.2.1');
  expect(findings.map(({ code }) => code)).toEqual(['redis_in_plain_text', 'redis_unreachable']);
});

/** Starts a Redis with this certificate. @returns its address */
async function startWithTls(options: {
  host?: string;
  notBeforeDate?: Date;
  notAfterDate?: Date;
}): Promise<string> {
  const authority = await createAuthority();
  tls.setDefaultCACertificates([authority.cert]);
  onTestFinished(() => tls.setDefaultCACertificates(tls.getCACertificates('bundled')));
  const { cert, key } = await authority.issue({ host: 'localhost', ...options });
  const folder = mkdtempSync(join(tmpdir(), 'redis-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  const port = await getPort();
  await startRedis([
    ...HEALTHY,
    ...`--tls-port ${port} --tls-cert-file ${files.cert} --tls-key-file ${files.key} --tls-ca-cert-file ${files.cert} --tls-auth-clients no`.split(
      ' ',
    ),
  ]);
  return `rediss://localhost:${port}`;
}

test('Redis with TLS and a valid certificate has no findings', async () => {
  expect(await check(await startWithTls({}))).toEqual([]);
});

test('the certificate of Redis has expired: certificate_expired', async () => {
  const url = await startWithTls({ notBeforeDate: new Date(0), notAfterDate: new Date(86_400_000) });
  expect(await check(url)).toMatchObject([{ code: 'certificate_expired' }]);
});

test('the certificate of Redis is for another host: certificate_for_another_name', async () => {
  const url = await startWithTls({ host: 'redis.example.com' });
  expect(await check(url)).toMatchObject([{ code: 'certificate_for_another_name' }]);
});
