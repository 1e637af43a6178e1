import { randomBytes } from 'node:crypto';
import { ConfigError, parseConfig } from '@oneclick/api/config';
import { isLoopback } from '@oneclick/shared/is-loopback';
import { WEB_PATHS } from '@oneclick/shared/paths';
import { OperatorError } from '../operator-error.ts';
import { createSend } from '../send.ts';
import { draftEnvFile, readEnvFile } from '../env-file.ts';
import type { Prompts } from '../prompts.ts';
import { register } from './register.ts';

export interface RegisterAppOptions {
  envFile: string;
  environment: NodeJS.ProcessEnv;
  prompts: Prompts;
  name?: string | undefined;
  description?: string | undefined;
  webOrigin?: string | undefined;
  provider?: string | undefined;
  registrationUrl?: string | undefined;
}

const CREDENTIALS = ['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET_FILE'];

/**
 * Registers the app with AIHubMix, and completes the API's configuration in the env file.
 * @returns sentences for the operator, without a secret
 * @throws {OperatorError}
 */
export async function registerApp(options: RegisterAppOptions): Promise<string[]> {
  const { envFile, environment, prompts } = options;
  const url = registrationUrl(options.registrationUrl);
  const variables = readEnvFile(envFile);
  const kept = CREDENTIALS.filter((name) => variables[name]);
  if (kept.length > 0) {
    throw new OperatorError(
      `${envFile} has ${kept.join(' and ')} already, and this command overwrites no credentials. If you no longer need ` +
        'them, delete these lines. Otherwise name another file with --env-file.',
    );
  }

  const given = (name: string) => variables[name] || environment[name] || undefined;
  const developerToken =
    environment['DEVELOPER_TOKEN'] ||
    (await prompts.askSecret('Developer token of your AIHubMix account (DEVELOPER_TOKEN)'));
  const name = options.name ?? (await prompts.ask('Name of the app, as users see it (--name)'));
  const WEB_ORIGIN =
    options.webOrigin ??
    given('WEB_ORIGIN') ??
    (await prompts.ask('Origin of the web app, such as https://app.example.com (--web-origin)'));
  const OAUTH_PROVIDER =
    options.provider ??
    given('OAUTH_PROVIDER') ??
    (await prompts.ask('Address at which AIHubMix users sign in (--provider)'));

  const hasKeys = Boolean(variables['SESSION_KEYS'] || variables['SESSION_KEYS_FILE']);
  const OAUTH_REDIRECT_URI = given('OAUTH_REDIRECT_URI');
  const settings = {
    WEB_ORIGIN,
    OAUTH_PROVIDER,
    ...(OAUTH_REDIRECT_URI && { OAUTH_REDIRECT_URI }),
    ...(!hasKeys && { SESSION_KEYS: `k1:${randomBytes(32).toString('base64url')}` }),
  };
  const redirectUri = OAUTH_REDIRECT_URI ?? `${WEB_ORIGIN.split(',')[0]?.trim()}${WEB_PATHS.callback}`;
  refuseFaults({ ...variables, ...settings, OAUTH_REDIRECT_URI: redirectUri });

  const draft = draftEnvFile(envFile);
  const registration = {
    url,
    developerToken,
    name,
    description: options.description ?? 'Signs in with one click',
    redirectUri,
  };
  const { clientId, clientSecret } = await register(createSend(), registration).catch((error: unknown) => {
    draft.cancel();
    throw error;
  });
  draft.save({ ...settings, OAUTH_CLIENT_ID: clientId, OAUTH_CLIENT_SECRET: clientSecret });
  return [
    `Registered "${name}" as ${clientId} with the redirect URI ${redirectUri}.`,
    `Wrote the client id, the client secret${hasKeys ? '' : ', new session keys'} and the settings to ${envFile}. Only you can read this file.`,
    isLoopback(new URL(redirectUri).hostname)
      ? 'Next: "npx -y pnpm@12 build" and "npx -y pnpm@12 start".'
      : 'Next: apps/operator/docs/deploy.md.',
  ];
}

/** Asks the API's own schema before the app is registered, with credentials in place of those to come. */
function refuseFaults(settings: NodeJS.ProcessEnv): void {
  try {
    parseConfig({ ...settings, OAUTH_CLIENT_ID: 'client_new', OAUTH_CLIENT_SECRET: 'secret_new' });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new OperatorError(`${error.message}\nNothing was registered.`);
  }
}

/** The request carries the developer token. */
function registrationUrl(text = 'https://api.aihubmix.com/api/oauth_apps'): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url.href;
  throw new OperatorError('--registration-url must be an https URL (http on loopback only).');
}
