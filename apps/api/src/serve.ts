import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { createLogStream } from './http/logging.ts';

/** Listens, and ends the process on SIGTERM or SIGINT. */
export async function serve(config: Config): Promise<void> {
  const app = await buildApp(config, createLogStream());

  /**
   * http/shutdown.ts bounds the time of `close`. A second signal ends the process at once. close-with-grace is not used,
   * because it also keeps the server running after an uncaught exception or a segmentation fault.
   */
  function shutDown(): void {
    process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
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
}
