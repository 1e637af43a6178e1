import { buildApp } from './app.ts';
import { ConfigError, type Config } from './config.ts';
import { createLogStream } from './http/logging.ts';

/**
 * Listens, and ends the process on SIGTERM or SIGINT.
 * @throws {ConfigError} if HOST or PORT can't be used
 */
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
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw LISTENING_FAULTS[code] ? new ConfigError([LISTENING_FAULTS[code]]) : error;
  }

  // Loading undici takes a third of the start-up time. It happens after listening, before the first sign-in needs it.
  await import('undici');
}

const NOT_OF_THIS_MACHINE = 'HOST must be an address of this machine';
const LISTENING_FAULTS: Record<string, string> = {
  EADDRNOTAVAIL: NOT_OF_THIS_MACHINE,
  EAFNOSUPPORT: NOT_OF_THIS_MACHINE,
  EAI_AGAIN: NOT_OF_THIS_MACHINE,
  EINVAL: NOT_OF_THIS_MACHINE,
  ENOTFOUND: NOT_OF_THIS_MACHINE,
  EADDRINUSE: 'PORT must be a port that no other process listens on',
  EACCES: 'PORT must be one that this user may listen on, usually 1024 or higher',
};
