import { buildApp } from './app.ts';
import { ConfigError, parseConfig, type Config } from './config.ts';
import { createLogStream } from './http/logging.ts';

/** Longer than the slowest request, which waits for another instance's refresh in vain and then for its own. */
const SHUTDOWN_MS = 25_000;

function readConfigOrExit(): Config {
  try {
    return parseConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = readConfigOrExit();
const app = await buildApp(config, createLogStream());

/**
 * Requests in flight finish first. A second signal ends the process at once. close-with-grace is not used, because it
 * also keeps the server running after an uncaught exception or a segmentation fault.
 */
function shutDown(): void {
  process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  void app.close().then(() => process.exit(0));
}
process.once('SIGTERM', shutDown).once('SIGINT', shutDown);

try {
  await app.listen({ host: config.host, port: config.port });
} catch (error) {
  app.log.fatal({ err: error }, 'cannot listen');
  process.exit(1);
}

// Loading undici takes a third of the start-up time. It happens after listening, before the first sign-in needs it.
await import('undici');
