import { join } from 'node:path';
import { configureBuild } from '@oneclick/sign-in/configure';
import { configurePage } from './configure-page.ts';
import { parseDeploymentSettings } from './deployment-settings.ts';

/*
 * Configures a build for one deployment: `node dist-headers/configure.mjs <folder>`. The build bundles this program, so that
 * it needs Node and nothing else.
 */

/** The build that this file belongs to: `dist`, beside `dist-headers`. */
const build = import.meta.dirname.replace(/-headers$/, '');

try {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Name the folder for the configured app: configure.mjs <folder>');
  const settings = parseDeploymentSettings(process.env);
  const { apiOrigin, logo } = settings;
  const to = join(folder, 'dist');
  configureBuild({
    from: build,
    to,
    apiOrigin,
    editPage: (html) => configurePage(html, settings),
    files: logo === undefined ? {} : { 'favicon.svg': logo },
  });
  console.log(`Configured: ${to} and ${to}-headers. The API is at ${apiOrigin ?? 'the origin of the app'}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
