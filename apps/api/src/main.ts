import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded: from the second start on, the code needn't be compiled again. Beside the code, where
// nobody writes who may not write the code; if it can't be written at all, nothing is lost.
enableCompileCache(join(import.meta.dirname, '.compile-cache'));
await import('./server.ts');
