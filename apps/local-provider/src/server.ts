import { ConfigError, readConfig } from './config.ts';
import { listenLocalProvider } from './listen.ts';

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function explainStart(error: unknown, address: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE':
      return `Something is listening on ${address} already: stop it, or choose another port with PORT.`;
    case 'EACCES':
      return `This user may not listen on ${address}: choose a port above 1023 with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${address}: check HOST.`;
    default:
      return `Could not start: ${String(error)}`;
  }
}

function configOrExit() {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.message);
    throw error;
  }
}

const config = configOrExit();
const running = await listenLocalProvider(config).catch((error: unknown) =>
  exitWith(explainStart(error, `${config.host}:${config.port}`)),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void running.close().then(() => process.exit(0));
  });
}

// Last, so that whoever reads it may send a signal at once.
process.stdout.write(`listening on ${running.origin}\n`);
