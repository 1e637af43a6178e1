import { createRequire } from 'node:module';
import { PATHS } from '@oneclick/shared/paths';
import { expect, test } from 'vitest';
import { startApi } from '../../test/support/test-api.ts';

const { cache } = createRequire(import.meta.url);

/** The libraries of the documentation that this process has loaded. */
function loadedLibraries(): Set<string> {
  return new Set(
    Object.keys(cache).flatMap((path) => /@fastify\/swagger(?:-ui)?(?=\/)/.exec(path)?.[0] ?? []),
  );
}

test('the libraries of the documentation are loaded when it is first asked for, not at the start', async () => {
  const { app } = await startApi();
  await app.ready();
  expect(loadedLibraries()).toEqual(new Set());
  expect((await app.inject({ url: PATHS.openapi })).statusCode).toBe(200);
  expect(loadedLibraries()).toEqual(new Set(['@fastify/swagger', '@fastify/swagger-ui']));
});
