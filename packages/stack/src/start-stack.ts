import { existsSync } from 'node:fs';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import getPort from 'get-port';
import { newSettings } from './development-settings.ts';
import { inheritedEnvironment, type Environment } from './environment.ts';
import { StackError, startParts, type Part, type RunningParts, type StartOptions } from './start-parts.ts';
import { inWorkspace } from './workspace.ts';

export type PartName = 'web' | 'api' | 'provider';

export interface StackDescription {
  /** `development` runs the sources and restarts on edits. `production` runs what `pnpm build` has made. */
  mode: 'development' | 'production';
  ports: Record<PartName, number>;
  /** The API's configuration. By default a new one that fits the ports and is saved nowhere. */
  settings?: Environment | undefined;
  /** Whether to start the local provider. Without it, `settings` name another provider. @default true */
  withLocalProvider?: boolean | undefined;
  /** Whether to start the web app's server. Without it, another server serves the build. @default true */
  withWeb?: boolean | undefined;
  /** Variables for single parts. They override all others. */
  environment?: Partial<Record<PartName, Environment>> | undefined;
}

export interface Stack extends RunningParts {
  /** The origins of the web app, of the API itself, and of the local provider if it was started. */
  origins: { web: string; api: string; provider: string | undefined };
}

/**
 * Starts the whole system on this machine and resolves when all parts answer. If one of them fails, all are stopped.
 *
 * @throws {StackError} with one sentence on what is wrong: a port is taken, a part ends early or never answers
 * @example
 * const { origins, stop } = await startStack({ mode: 'production', ports: await freeStackPorts() });
 */
export async function startStack(options: StackDescription & StartOptions): Promise<Stack> {
  const { onLine, signal, ports, withLocalProvider = true } = options;
  const running = await startParts({ parts: stackParts(options), onLine, signal });
  const { provider, ...origins } = originsOn(ports);
  return { ...running, origins: { ...origins, provider: withLocalProvider ? provider : undefined } };
}

/** A free port for each part. */
export async function freeStackPorts(): Promise<Record<PartName, number>> {
  const [web, api, provider] = await Promise.all([getPort(), getPort(), getPort()]);
  return { web, api, provider };
}

/** The parts that `startStack` starts. */
export function stackParts(description: StackDescription): Part[] {
  const { mode, ports, withLocalProvider = true, withWeb = true, environment = {} } = description;
  const origins = originsOn(ports);
  const settings =
    description.settings ?? newSettings({ webOrigin: origins.web, provider: origins.provider });
  const isDevelopment = mode === 'development';
  // By default --watch clears the terminal at every restart.
  const watch = isDevelopment ? ['--watch', '--watch-preserve-output'] : [];
  const common = (name: PartName, folder: string) => ({ name, cwd: inWorkspace(folder), port: ports[name] });
  const server = (port: number) => ({ HOST: '127.0.0.1', PORT: String(port), NODE_ENV: mode });

  const api: Part = {
    ...common('api', 'apps/api'),
    args: isDevelopment ? [...watch, 'src/server.ts'] : ['dist/server.js'],
    environment: {
      ...inheritedEnvironment,
      ...settings,
      ...server(ports.api),
      // A proxy of the network can't reach the provider on this machine.
      ...(withLocalProvider && { no_proxy: 'localhost' }),
      ...environment.api,
    },
    portSetting: 'PORT',
    readyPath: PATHS.healthz,
  };
  const web: Part = {
    ...common('web', 'apps/web'),
    // Vite itself, because a script runner in between costs half a second and one more process to stop.
    args: ['node_modules/vite/bin/vite.js', ...(isDevelopment ? [] : ['preview'])],
    environment: {
      ...inheritedEnvironment,
      NODE_ENV: mode,
      WEB_PORT: String(ports.web),
      API_PROXY_TARGET: origins.api,
      WEB_ORIGIN: environment.api?.['WEB_ORIGIN'] ?? settings['WEB_ORIGIN'],
      ...environment.web,
    },
    portSetting: 'WEB_PORT',
    readyPath: '/',
  };
  const provider: Part = {
    ...common('provider', 'apps/local-provider'),
    args: [...watch, 'src/server.ts'],
    environment: {
      ...inheritedEnvironment,
      ...server(ports.provider),
      // The local provider refuses to start in production, but may serve an API that runs in production.
      NODE_ENV: 'development',
      ISSUER: origins.provider,
      OAUTH_CLIENT_ID: settings['OAUTH_CLIENT_ID'],
      OAUTH_CLIENT_SECRET: settings['OAUTH_CLIENT_SECRET'],
      OAUTH_REDIRECT_URI: settings['OAUTH_REDIRECT_URI'] ?? `${firstOrigin(settings)}${WEB_PATHS.callback}`,
      OAUTH_SERVER_REDIRECT_URI: settings['OAUTH_SERVER_REDIRECT_URI'],
      DEVELOPER_TOKEN: settings['DEVELOPER_TOKEN'],
      ...environment.provider,
    },
    readyPath: PATHS.healthz,
  };
  return [api, ...(withWeb ? [web] : []), ...(withLocalProvider ? [provider] : [])];
}

/** The first origin in `WEB_ORIGIN`. */
export function firstOrigin(settings: Environment): string | undefined {
  return settings['WEB_ORIGIN']?.split(',')[0]?.trim();
}

/** @throws {StackError} if `pnpm build` has not been run */
export function requireBuildOutput(): void {
  if (existsSync(inWorkspace('apps/api/dist/server.js')) && existsSync(inWorkspace('apps/web/dist'))) return;
  throw new StackError('Nothing has been built yet: run "pnpm build" first.');
}

function originsOn(ports: Record<PartName, number>) {
  return {
    web: `http://localhost:${ports.web}`,
    api: `http://127.0.0.1:${ports.api}`,
    provider: `http://localhost:${ports.provider}`,
  };
}
