import { defineConfig } from 'rolldown';

// Bundles the dependencies, because finding a thousand files takes longer than running them. @fastify/swagger-ui stays
// outside, because it reads files next to its code. See docs/decisions/2026-11-24-bundled-build.md.
export default defineConfig({
  input: { server: 'src/main.ts' },
  platform: 'node',
  external: /^@fastify\/swagger-ui$/,
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'chunks/[name].js', cleanDir: true },
});
