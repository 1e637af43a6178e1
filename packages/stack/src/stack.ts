import { newSettings } from './development-secrets.ts';
import { inheritedEnvironment, type Environment } from './environment.ts';
import { startParts, type Part, type RunningParts } from './run-parts.ts';
import { inWorkspace } from './workspace.ts';

export { StackError } from './run-parts.ts';
export { freePorts } from './ports.ts';

export type PartName = 'web' | 'api' | 'provider';

/** From sources, restarting on edits; or what `pnpm build` has made. The provider has its sources only. */
export type Mode = 'development' | 'production';

export interface StackDescription {
  mode: Mode;
  ports: Record<PartName, number>;
  /** The API's configuration. Without it, one is made up that fits the ports and is forgotten afterwards. */
  settings?: Environment | undefined;
  /** Not started if false: then `settings` name another provider. */
  withLocalProvider?: boolean | undefined;
  /** More variables for one part, or others: they win over everything. */
  environment?: Partial<Record<PartName, Environment>> | undefined;
}

export interface StackOptions extends StackDescription {
  /** Gets every line that a part prints, as it is. */
  onLine?: ((part: string, line: string) => void) | undefined;
  /** Stops what has been started so far. Only while starting: afterwards there is `stop()`. */
  signal?: AbortSignal | undefined;
}

export interface Stack extends RunningParts {
  /** Where the browser goes, where the API itself listens, and where the local provider is if it was started. */
  origins: { web: string; api: string; provider: string | undefined };
}

/**
 * Starts the whole system on this machine and resolves when all of it answers. If that fails, nothing is left
 * running.
 *
 * @throws {StackError} with one sentence on what is wrong: a port is taken, a part ends early or never answers
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { onLine, signal, ports, withLocalProvider = true } = options;
  const running = await startParts({ parts: stackParts(options), onLine, signal });
  const { web, api, provider } = originsOn(ports);
  return { ...running, origins: { web, api, provider: withLocalProvider ? provider : undefined } };
}

/** The parts that `startStack` starts. */
export function stackParts({
  mode,
  ports,
  settings,
  withLocalProvider = true,
  environment = {},
}: StackDescription): Part[] {
  const origins = originsOn(ports);
  const isDevelopment = mode === 'development';
  const apiSettings = settings ?? newSettings({ webOrigin: origins.web, provider: origins.provider });
  const base = { ...inheritedEnvironment, NODE_ENV: mode };
  // --watch would otherwise clear the terminal at every restart.
  const watch = isDevelopment ? ['--watch', '--watch-preserve-output'] : [];
  // What --watch says when the server has failed and it waits for an edit: at the start nobody is editing yet.
  const watched = isDevelopment ? { failureLine: /^Failed running / } : {};

  const api: Part = {
    name: 'api',
    cwd: inWorkspace('apps/api'),
    args: [...watch, isDevelopment ? 'src/server.ts' : 'dist/server.js'],
    environment: {
      ...base,
      ...apiSettings,
      NODE_ENV: mode,
      HOST: '127.0.0.1',
      PORT: String(ports.api),
      ...environment.api,
    },
    port: ports.api,
    portSetting: 'PORT',
    readyPath: '/healthz',
    ...watched,
  };

  const web: Part = {
    name: 'web',
    cwd: inWorkspace('apps/web'),
    // Run directly: a script runner in between costs half a second and a process to look after.
    args: ['node_modules/vite/bin/vite.js', ...(isDevelopment ? [] : ['preview'])],
    environment: {
      ...base,
      WEB_PORT: String(ports.web),
      API_PROXY_TARGET: origins.api,
      ...environment.web,
    },
    port: ports.web,
    portSetting: 'WEB_PORT',
    readyPath: '/',
  };

  const provider: Part = {
    name: 'provider',
    cwd: inWorkspace('apps/local-provider'),
    args: [...watch, 'src/server.ts'],
    environment: {
      ...base,
      // It refuses to start as production, also beside a production API.
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: String(ports.provider),
      ISSUER: origins.provider,
      OAUTH_CLIENT_ID: apiSettings['OAUTH_CLIENT_ID'],
      OAUTH_CLIENT_SECRET: apiSettings['OAUTH_CLIENT_SECRET'],
      OAUTH_REDIRECT_URI:
        apiSettings['OAUTH_REDIRECT_URI'] ?? `${firstOrigin(apiSettings)}/oauth/callback.html`,
      OAUTH_SERVER_REDIRECT_URI: apiSettings['OAUTH_SERVER_REDIRECT_URI'],
      DEVELOPER_TOKEN: apiSettings['DEVELOPER_TOKEN'],
      ...environment.provider,
    },
    port: ports.provider,
    readyPath: '/healthz',
    ...watched,
  };

  return [api, web, ...(withLocalProvider ? [provider] : [])];
}

/** The first of the origins that the web app is served from. */
export function firstOrigin(settings: Environment): string | undefined {
  return settings['WEB_ORIGIN']?.split(',')[0]?.trim();
}

function originsOn(ports: Record<PartName, number>) {
  return {
    web: `http://localhost:${ports.web}`,
    api: `http://127.0.0.1:${ports.api}`,
    provider: `http://localhost:${ports.provider}`,
  };
}
