import { execFileSync } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/** The commit, from the environment where the repository is not at hand, as in apps/api/deploy/Dockerfile. */
function findVersion(): string {
  const { BUILD_VERSION: given } = process.env;
  if (given) return given;
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** Completes `dist` to a folder that runs by itself wherever it is copied. */
const completeFolder: Plugin = {
  name: 'complete-folder',
  async writeBundle({ dir = '' }) {
    // Without it, Node would take the files for CommonJS, or guess.
    await writeFile(join(dir, 'package.json'), '{ "private": true, "type": "module" }\n');
    const page = join(import.meta.dirname, 'node_modules/@fastify/swagger-ui/static');
    await cp(page, join(dir, 'swagger-ui'), { recursive: true });
  },
};

// Bundles the dependencies, because finding a thousand files takes longer than running them, and because the folder then
// needs no other. See docs/decisions/2026-11-24-bundled-build.md.
export default defineConfig({
  input: { server: 'src/main.ts' },
  platform: 'node',
  transform: {
    define: { BUILD_VERSION: JSON.stringify(findVersion()), SWAGGER_UI_FILES: '"../swagger-ui"' },
  },
  plugins: [completeFolder],
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'chunks/[name].js', cleanDir: true },
});
