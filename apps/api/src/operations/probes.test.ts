import { PATHS } from '@oneclick/shared/paths';
import { expect, test } from 'vitest';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';

test('during DRAIN_SECONDS, only /readyz says that the API shuts down', async () => {
  const { app } = await startApi({ env: { DRAIN_SECONDS: '1' } });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const closing = app.close();
  const readiness = await fetch(origin + PATHS.readyz);
  expect(readiness.status).toBe(503);
  expect(readiness.headers.get('retry-after')).toBe('5');
  expect((await fetch(origin + PATHS.healthz)).status).toBe(200);
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1' };
  const started = await fetch(origin + PATHS.start, { method: 'POST', headers });
  expect(started.status).toBe(200);
  expect(started.headers.get('connection')).toBe('close'); // The load balancer should not use this connection again.
  await closing;
});
