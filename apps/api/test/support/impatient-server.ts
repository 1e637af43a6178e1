import { buildApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';

/** The server with a provider time-out of one second, so that a test can wait for it. Locks live twice as long. */
const config = parseConfig();
const app = await buildApp({ ...config, provider: { ...config.provider, timeoutMs: 1000 } });
await app.listen({ host: config.host, port: config.port });
