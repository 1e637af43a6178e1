import { requireBuildOutput } from './build-output.ts';
import { developmentSettings, isLocalProvider, LOCAL_PROVIDER_PORT } from './development-secrets.ts';
import { environment, type Environment } from './environment.ts';
import { runInForeground } from './foreground.ts';
import { StackError } from './run-parts.ts';
import { firstOrigin, startStack, type Mode, type Stack } from './stack.ts';
import { inWorkspace } from './workspace.ts';

/** Runs the whole system on its usual ports until Ctrl-C. */
export async function runStackInTerminal(mode: Mode): Promise<void> {
  await runInForeground({
    start: async (signal) => {
      if (mode === 'production') requireBuildOutput();
      const { settings, ports } = configuration();
      const withLocalProvider = isLocalProvider(settings['OAUTH_PROVIDER']);
      console.log(`Starting api, web${withLocalProvider ? ', provider' : ''} …`);
      const stack = await startStack({ mode, ports, settings, withLocalProvider, onLine: printLine, signal });
      return { ...stack, settings };
    },
    onReady: (running) => console.log(banner({ mode, ...running })),
  });
}

function printLine(part: string, line: string): void {
  if (line.trim() !== '') console.log(`[${part}] ${line}`);
}

function configuration() {
  const settings = developmentSettings({ file: inWorkspace('apps/api/.env'), environment });
  const ports = {
    web: portNumber(settings, 'WEB_PORT', 5173),
    api: portNumber(settings, 'PORT', 3000),
    provider: LOCAL_PROVIDER_PORT,
  };
  // Who moves the web app to another port for one start should not have to move its origin, too.
  const isWebMoved = environment['WEB_PORT'] !== undefined && environment['WEB_ORIGIN'] === undefined;
  const origin: Environment = isWebMoved ? { WEB_ORIGIN: `http://localhost:${ports.web}` } : {};
  return { settings: { ...settings, ...origin }, ports };
}

function portNumber(settings: Environment, name: string, otherwise: number): number {
  const port = Number(settings[name] ?? otherwise);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StackError(`${name} has to be a port, a number from 1 to 65535.`);
}

function banner({
  mode,
  settings,
  origins,
  readyAfterMs,
}: Pick<Stack, 'origins' | 'readyAfterMs'> & { mode: Mode; settings: Environment }): string {
  const isDevelopment = mode === 'development';
  const seconds = (Math.max(...Object.values(readyAfterMs)) / 1000).toFixed(1);
  const parts = [
    ['web', origins.web, isDevelopment ? 'apps/web, follows your edits' : 'apps/web, as built'],
    ['api', origins.api, isDevelopment ? 'apps/api, restarts on your edits' : 'apps/api, as built'],
    origins.provider === undefined
      ? ['provider', providerOrigin(settings), 'OAUTH_PROVIDER; the local provider was not started']
      : ['provider', origins.provider, 'apps/local-provider, stands in for AIHubMix'],
  ] as const;
  return [
    '',
    `Ready in ${seconds} s.`,
    '',
    `  Open      ${firstOrigin(settings) ?? origins.web}`,
    ...(origins.provider === undefined ? [] : ['  Sign in   as user123, with the password one-click']),
    '',
    ...parts.map(([name, origin, what]) => `  ${name.padEnd(9)} ${origin.padEnd(22)} ${what}`),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** The origin alone: what else the URL may hold is nobody's business here. */
function providerOrigin(settings: Environment): string {
  const provider = settings['OAUTH_PROVIDER'] ?? '';
  return URL.canParse(provider) ? new URL(provider).origin : '(not set)';
}
