import { defineConfig } from 'rolldown';

// Dependencies stay outside; @oneclick/shared goes in, since it is TypeScript and Node strips no types in node_modules.
export default defineConfig({
  input: 'src/server.ts',
  platform: 'node',
  external: /^(?!\.{0,2}\/|@oneclick\/)/,
  output: { file: 'dist/server.js', format: 'esm', codeSplitting: false },
});
