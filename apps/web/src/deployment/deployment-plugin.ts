import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressFiles } from '@oneclick/sign-in/configure';
import { build, type Plugin, type ResolvedConfig } from 'vite';

/** Completes the build for those who deploy it: compressed copies of all files, and the program that configures it. */
export function deploymentPlugin(): Plugin {
  let app: ResolvedConfig;
  return {
    name: 'web:deployment',
    apply: 'build',
    configResolved: (config) => void (app = config),
    async closeBundle() {
      const folder = resolve(app.root, app.build.outDir);
      compressFiles(folder);
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        ssr: { noExternal: true },
        build: {
          ssr: fileURLToPath(new URL('configure.ts', import.meta.url)),
          outDir: `${folder}-headers`,
          emptyOutDir: false,
          rolldownOptions: { output: { entryFileNames: 'configure.mjs' } },
        },
      });
    },
  };
}
