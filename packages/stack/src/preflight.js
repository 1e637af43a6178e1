/*
 * Runs in front of every script of the workspace and refuses, in one sentence, what would otherwise fail in a
 * hundred lines. pnpm installs what is missing before it runs a script, but when that installation fails it
 * warns and runs the script all the same, under whatever Node.js the machine has.
 *
 * Plain JavaScript without newer syntax, and no imports but Node's own: it judges an old Node.js, so an old
 * Node.js has to be able to run it.
 */
import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { fileURLToPath } from 'url';

const REQUIRED_NODE_MAJOR = 24;

/**
 * @param {{ nodeVersion: string, missing: string[], underPnpm: boolean, script: string }} machine
 * @returns {string | undefined} what is wrong and what to do about it
 */
export function judge({ nodeVersion, missing, underPnpm, script }) {
  const isTooOld = Number(nodeVersion.split('.')[0]) < REQUIRED_NODE_MAJOR;
  const remedy = underPnpm
    ? 'something must have gone wrong while installing, so run "npx -y pnpm@12 install" and look at its error'
    : `start with "npx -y pnpm@12 ${script}", which installs them first`;

  if (isTooOld && (underPnpm || missing.length > 0)) {
    const evidence = missing.length > 0 ? `, and some of those are missing (${list(missing)})` : '';
    return `This is Node.js ${nodeVersion}, ${REQUIRED_NODE_MAJOR} is needed; it comes with the dependencies${evidence}: ${remedy}.`;
  }
  if (isTooOld) {
    return `This is Node.js ${nodeVersion}, ${REQUIRED_NODE_MAJOR} is needed: start with "npx -y pnpm@12 ${script}", which brings its own, or install Node.js ${REQUIRED_NODE_MAJOR}.`;
  }
  if (missing.length > 0) {
    return `Some dependencies are missing (${list(missing)}): ${remedy}.`;
  }
  return undefined;
}

/** @param {string[]} names */
function list(names) {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/**
 * The names of dependencies that some package of the workspace asks for and nobody has installed.
 * @param {string} root
 * @param {{ needsOwnNode: boolean }} options whether the optional dependency `node` is needed
 */
export function missingDependencies(root, { needsOwnNode }) {
  const directories = [root];
  for (const group of ['apps', 'packages']) {
    for (const name of readdirSync(join(root, group))) directories.push(join(root, group, name));
  }
  const missing = new Set();
  for (const directory of directories) {
    const manifest = join(directory, 'package.json');
    if (!existsSync(manifest)) continue;
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(manifest, 'utf8'),
    );
    const needed = Object.assign({}, dependencies, devDependencies, needsOwnNode ? optionalDependencies : {});
    for (const name of Object.keys(needed)) {
      const places = [join(directory, 'node_modules', name), join(root, 'node_modules', name)];
      if (!places.some((place) => existsSync(place))) missing.add(name);
    }
  }
  return Array.from(missing);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const nodeVersion = process.versions.node;
  const problem = judge({
    nodeVersion,
    missing: missingDependencies(fileURLToPath(new URL('../../../', import.meta.url)), {
      needsOwnNode: Number(nodeVersion.split('.')[0]) < REQUIRED_NODE_MAJOR,
    }),
    underPnpm: (process.env['npm_config_user_agent'] || '').startsWith('pnpm/'),
    script: process.env['npm_lifecycle_event'] || 'dev',
  });
  if (problem !== undefined) {
    console.error(problem);
    process.exit(1);
  }
}
