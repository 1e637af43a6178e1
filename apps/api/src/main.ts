import module from 'node:module';
import { join } from 'node:path';
import { MEMORY_FLAGS } from './memory-flags.ts';

/** As in `engines` of package.json. */
const REQUIRED_NODE_MAJOR = 24;

// This file alone has to run in an older Node.js: without the check, the import of the server ends in a SyntaxError. For
// the same reason it imports the whole of node:module, which in Node.js 20 has no `enableCompileCache`.
const { node: version } = process.versions;
if (Number.parseInt(version, 10) < REQUIRED_NODE_MAJOR) {
  process.stderr.write(`The API needs Node.js ${REQUIRED_NODE_MAJOR} or newer, and this is ${version}.\n`);
  process.exit(1);
}

// V8 reads these flags before the first line of a script, so the process replaces itself: its id and its signals stay. Windows
// can't do that, and it would cut the channel to a parent such as pm2 in cluster mode.
const { execArgv, execPath, argv } = process;
if (process.execve && !process.send && !MEMORY_FLAGS.every((flag) => execArgv.includes(flag))) {
  process.execve(execPath, [execPath, ...MEMORY_FLAGS, ...execArgv, ...argv.slice(1)]);
}

// Enabled before the server is loaded, so that later starts need not compile its code. The cache is next to the code, so
// that only users who can write the code can write the cache. If the folder is not writable, Node works without a cache.
module.enableCompileCache(join(import.meta.dirname, '.compile-cache'));
await import('./server.ts');
