import module from 'node:module';
import { join } from 'node:path';

/** As in `engines` of package.json. */
const REQUIRED_NODE_MAJOR = 24;

// This file alone has to run in an older Node.js: without the check, the import of the server ends in a SyntaxError. For
// the same reason it imports the whole of node:module, which in Node.js 20 has no `enableCompileCache`.
const { node: version } = process.versions;
if (Number.parseInt(version, 10) < REQUIRED_NODE_MAJOR) {
  process.stderr.write(`The API needs Node.js ${REQUIRED_NODE_MAJOR} or newer, and this is ${version}.\n`);
  process.exit(1);
}

// Enabled before the server is loaded, so that later starts need not compile its code. The cache is next to the code, so
// that only users who can write the code can write the cache. If the folder is not writable, Node works without a cache.
module.enableCompileCache(join(import.meta.dirname, '.compile-cache'));
await import('./server.ts');
