import { PATHS } from '@oneclick/shared/paths';
import { expect, test } from 'vitest';
import { startApi } from '../../test/support/test-api.ts';

test('one line at the start says what the API has concluded from its configuration, without a secret', async () => {
  const { app, log } = await startApi({
    env: {
      WEB_ORIGIN: 'https://app.example.com,https://www.example.com',
      API_ORIGIN: 'https://api.example.com',
      OAUTH_SERVER_REDIRECT_URI: 'https://api.example.com/oauth/callback',
      REDIS_URL: 'redis://user:canary@127.0.0.1:1',
      TRUST_PROXY: '10.0.0.0/8',
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const lines = log.filter((line) => line.includes('"event":"started"'));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      version: 'source',
      webOrigins: ['https://app.example.com', 'https://www.example.com'],
      apiOrigin: 'https://api.example.com',
      relation: 'same-site',
      cookies: ['__Host-Http-session', '__Host-Http-tx_…'],
      sameSite: 'strict',
      redirectUris: ['https://app.example.com/oauth/callback.html', 'https://api.example.com/oauth/callback'],
      provider: 'provider.localhost',
      trustedProxies: ['10.0.0.0/8'],
      sessionKeys: ['k1'],
      redis: '127.0.0.1:1',
    }),
  ]);
  expect(log.join()).not.toContain('canary');

  const { body } = await app.inject(PATHS.metrics);
  expect(body).toContain(`build_info{version="source",node="${process.version}"} 1`);
  expect(body).toContain('redis_reachable 0');
});
