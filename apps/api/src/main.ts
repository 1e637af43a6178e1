import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Enabled before the server is loaded, so that later starts need not compile its code. The cache is next to the code, so
// that only users who can write the code can write the cache. If the folder is not writable, Node works without a cache.
enableCompileCache(join(import.meta.dirname, '.compile-cache'));
await import('./server.ts');
