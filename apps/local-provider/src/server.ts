import { ConfigError, readConfig, type ProviderConfig } from './config.ts';
import { listen } from './listen.ts';

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readConfigOrExit(): ProviderConfig {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.message);
    throw error;
  }
}

const config = readConfigOrExit();
const running = await listen(config).catch((error: NodeJS.ErrnoException) => {
  const address = `${config.host}:${config.port}`;
  return exitWith(
    error.code === 'EADDRINUSE'
      ? `Something is listening on ${address} already: stop it, or choose another port with PORT.`
      : `Could not listen on ${address}, check HOST and PORT: ${error.message}`,
  );
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void running.close().then(() => process.exit(0));
  });
}

// After the signal handlers, because a reader of this line may send a signal at once.
process.stdout.write(`listening on ${running.origin}\n`);
