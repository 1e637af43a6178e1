/*
 * Runs before every script of the workspace. pnpm installs the dependencies before it runs a script, but when the
 * installation fails it prints a warning and runs the script all the same, with the Node.js of the machine.
 *
 * Plain JavaScript that imports only Node.js itself, because an old Node.js has to run it.
 */
import { existsSync } from 'fs';

const REQUIRED_NODE_MAJOR = 24;

const version = process.versions.node;
const isTooOld = Number(version.split('.')[0]) < REQUIRED_NODE_MAJOR;
// pnpm writes this file at the end of an installation.
const isInstalled = existsSync(new URL('../../../node_modules/.modules.yaml', import.meta.url));

if (isTooOld || !isInstalled) {
  const problem = isTooOld
    ? `This is Node.js ${version}, and ${REQUIRED_NODE_MAJOR} is needed, which the dependencies bring`
    : 'The dependencies are not installed';
  const isUnderPnpm = (process.env['npm_config_user_agent'] || '').startsWith('pnpm/');
  const script = process.env['npm_lifecycle_event'] || 'dev';
  const remedy = isUnderPnpm
    ? 'the installation has failed, so run "npx -y pnpm@12 install" and look at its error'
    : `start with "npx -y pnpm@12 ${script}", which installs them first`;
  console.error(`${problem}: ${remedy}.`);
  process.exit(1);
}
