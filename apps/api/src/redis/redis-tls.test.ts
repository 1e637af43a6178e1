import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATHS } from '@oneclick/shared/paths';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { spawnRedis } from '../../test/doubles/redis-server.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startInstance } from '../../test/support/instance.ts';
import { VALID_ENV } from '../../test/support/test-api.ts';

const USER = 'app on >canary-password ~client_1:* +@read +@write +@scripting +@connection +info +cluster';

/** A Redis that accepts TLS only, with the ACL user that the README names and a certificate of a CA of its own. */
async function startTlsRedis(): Promise<{ url: string; caFile: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-tls-'));
  const keys = { keyType: 'ec', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'Test CA' }], {
    ...keys,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...keys,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const files = { ca: ca.cert, cert: server.cert, key: server.private };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.pem`), text);

  const port = await freePort();
  const at = (name: keyof typeof files) => join(folder, `${name}.pem`);
  const tls = `--tls-port ${port} --tls-auth-clients no --tls-ca-cert-file ${at('ca')} --tls-cert-file ${at('cert')} --tls-key-file ${at('key')}`;
  const redis = await spawnRedis(0, `${tls} --user ${USER}`.split(' '));
  onTestFinished(async () => {
    await redis.kill();
    rmSync(folder, { recursive: true });
  });
  return { url: `rediss://app:canary-password@localhost:${port}`, caFile: join(folder, 'ca.pem') };
}

test('rediss:// works with a CA in NODE_EXTRA_CA_CERTS, and a certificate of an unknown CA is refused', async () => {
  const { url, caFile } = await startTlsRedis();
  const env = { ...VALID_ENV, REDIS_URL: url };
  const [trusting, distrustful] = await Promise.all([
    startInstance({ env: { ...env, NODE_EXTRA_CA_CERTS: caFile } }),
    startInstance({ env }),
  ]);
  onTestFinished(async () => void (await Promise.all([trusting.stop(), distrustful.stop()])));

  expect((await trusting.inject({ url: PATHS.readyz })).json()).toEqual({ status: 'ok', redis: 'reachable' });
  expect((await distrustful.inject({ url: PATHS.readyz })).json()).toMatchObject({ redis: 'unreachable' });
  expect(distrustful.log()).toMatch(/UNABLE_TO_|SELF_SIGNED_/);
  expect(trusting.log() + distrustful.log()).not.toContain('canary-password');
});
