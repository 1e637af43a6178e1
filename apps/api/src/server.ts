import { ConfigError, parseConfig } from './config.ts';
import { serve } from './serve.ts';

try {
  await serve(parseConfig());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
