import { parseConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';

/**
 * The server with a provider time-out of one second, or of PROVIDER_TIMEOUT_MS, and a shutdown of five, so that a test can
 * wait for them. Locks live twice as long as the provider time-out.
 */
const config = parseConfig();
const timeoutMs = Number(process.env['PROVIDER_TIMEOUT_MS'] ?? 1000);
await serve({
  ...config,
  provider: { ...config.provider, timeoutMs },
  shutdownTimeoutMs: 5000,
});
