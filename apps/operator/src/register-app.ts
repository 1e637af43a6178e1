import { parseArgs } from 'node:util';
import { inWorkspace } from '@oneclick/stack/workspace';
import { OperatorError } from './operator-error.ts';
import { createPrompts, noPrompts } from './prompts.ts';
import { registerApp } from './registration/register-app.ts';

/* `pnpm register-app`: registers the app with AIHubMix once, and writes apps/api/.env. */

const USAGE = `Usage: npx -y pnpm@12 run register-app [options]

  --name NAME              the name of the app, as users see it at AIHubMix
  --description TEXT       a description of the app
  --web-origin ORIGIN      where the web app is served; the redirect URI follows from it
  --provider URL           where AIHubMix users sign in
  --registration-url URL   default: https://api.aihubmix.com/api/oauth_apps
  --env-file FILE          the file to write, default: apps/api/.env

The developer token is asked for, or read from the variable DEVELOPER_TOKEN. It is no option, because other users of the
machine can read the arguments of a process.`;

function parseOptions() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      options: {
        name: text,
        description: text,
        'web-origin': text,
        provider: text,
        'registration-url': text,
        'env-file': text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch {
    // The error of parseArgs quotes the argument, which may be a token.
    throw new OperatorError(USAGE);
  }
}

try {
  const options = parseOptions();
  if (options.help) console.log(USAGE);
  else {
    const sentences = await registerApp({
      ...options,
      webOrigin: options['web-origin'],
      registrationUrl: options['registration-url'],
      envFile: options['env-file'] ?? inWorkspace('apps/api/.env'),
      environment: process.env,
      prompts: process.stdin.isTTY ? createPrompts() : noPrompts,
    });
    console.log(sentences.join('\n'));
  }
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
