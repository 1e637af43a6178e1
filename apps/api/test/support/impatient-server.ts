import { parseConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';

/**
 * The server with a provider time-out of one second and a shutdown of five, so that a test can wait for them. Locks live
 * twice as long as the provider time-out.
 */
const config = parseConfig();
await serve({
  ...config,
  provider: { ...config.provider, timeoutMs: 1000 },
  shutdownTimeoutMs: 5000,
});
