import { defineConfig } from 'rolldown';

// Dependencies stay outside; @oneclick/shared goes in, since it is TypeScript and Node strips no types in node_modules.
export default defineConfig({
  input: { server: 'src/main.ts' },
  platform: 'node',
  external: /^(?!\.{0,2}\/|@oneclick\/)/,
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'app.js', cleanDir: true },
});
