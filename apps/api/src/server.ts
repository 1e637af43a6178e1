import { ConfigError, parseConfig, type Config } from './config.ts';
import { serve } from './serve.ts';

function readConfigOrExit(): Config {
  try {
    return parseConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

await serve(readConfigOrExit());
