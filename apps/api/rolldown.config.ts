import { defineConfig } from 'rolldown';

// With its dependencies, since finding a thousand files takes longer than running them. Outside stays what reads files
// of its own beside its code: the page of the contract.
export default defineConfig({
  input: { server: 'src/main.ts' },
  platform: 'node',
  external: /^@fastify\/swagger-ui$/,
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'chunks/[name].js', cleanDir: true },
});
