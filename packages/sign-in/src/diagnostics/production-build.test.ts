// @vitest-environment node
import { brotliCompressSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, test } from 'vitest';

/** The script of an app that imports this file of the package, as Vite builds it. */
async function buildScript(path: string, mode: string): Promise<string> {
  const result = await build({
    configFile: false,
    mode,
    logLevel: 'warn',
    build: {
      write: false,
      minify: true,
      rolldownOptions: {
        input: fileURLToPath(new URL(path, import.meta.url)),
        preserveEntrySignatures: 'strict',
      },
    },
  });
  return [result]
    .flat()
    .flatMap((part) => ('output' in part ? part.output : []))
    .map((file) => (file.type === 'chunk' ? file.code : ''))
    .join('');
}

test('a production build contains no diagnostics, a development build does', async () => {
  await expect(buildScript('../index.ts', 'production')).resolves.not.toContain('oneclick set-up');
  await expect(buildScript('../index.ts', 'development')).resolves.toContain('oneclick set-up');
});

test('the early script has no more than 1 KB in brotli', async () => {
  const script = await buildScript('../early-session.ts', 'production');
  expect(script).toContain('/api/oauth/session');
  expect(brotliCompressSync(script).length).toBeLessThanOrEqual(1024);
});
