import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnRedis } from '@oneclick/api/test/redis-server';
import { listen } from '@oneclick/local-provider/listen';
import getPort from 'get-port';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { useDeployment } from '../../test/deployment.ts';
import { resolveExampleHosts } from '../../test/resolve-example-hosts.ts';
import { diagnoseConfiguration } from './diagnose.ts';

const deployment = useDeployment();
beforeEach(resolveExampleHosts);

/** A deployment with everything that its configuration names, and that configuration in a file. */
async function startSystem(settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'system-'));
  const redisPort = await getPort();
  const redis = await spawnRedis(redisPort, ['--dir', folder, '--appendonly', 'yes']);
  await deployment.plant({ isSplit: true });
  const environment = deployment.environment();
  const provider = await listen({
    host: 'localhost',
    port: 0,
    issuer: undefined,
    app: {
      name: 'App',
      clientId: 'client_1',
      clientSecret: 'canary-client-secret',
      redirectUri: `${environment['WEB_ORIGIN']}/oauth/callback.html`,
    },
    developerToken: undefined,
    accessTokenSeconds: 7200,
    refreshTokenSeconds: 7200,
    codeSeconds: 60,
    openerPolicy: undefined,
  });
  onTestFinished(async () => {
    await Promise.all([provider.close(), redis.kill()]);
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, '.env');
  writeFileSync(path, '', { mode: 0o600 });
  const variables = {
    ...environment,
    OAUTH_PROVIDER: provider.origin,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    ...settings,
  };
  return { environment: {}, file: { path, variables } };
}

/** The local provider is on this machine, as no real one is. */
const OF_THE_TEST = 'provider_on_this_machine';

test('a healthy system has no findings', async () => {
  const findings = await diagnoseConfiguration(await startSystem());
  expect(findings.filter(({ code }) => code !== OF_THE_TEST)).toEqual([]);
});

test('each fault of a system is found in one run, and no secret is printed', async () => {
  const settings = await startSystem({
    OAUTH_CLIENT_SECRET: 'canary-other-secret',
    REDIS_URL: 'redis://:canary-password@127.0.0.1:9',
    API_ORIGIN: deployment.app.origin,
    TRUST_PROXY: '',
  });
  const findings = await diagnoseConfiguration(settings);
  expect(findings.map(({ code }) => code).filter((code) => code !== OF_THE_TEST)).toEqual([
    'trust_proxy_missing',
    'client_refused',
    'redis_unreachable',
    'api_origin_tag_wrong',
  ]);
  expect(JSON.stringify(findings)).not.toContain('canary');
});

test('no request is sent if the API would refuse the settings', async () => {
  const findings = await diagnoseConfiguration(await startSystem({ SESSION_KEYS: 'short' }));
  expect(findings.map(({ code }) => code)).toEqual(['setting_invalid']);
});
