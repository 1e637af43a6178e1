import { developmentSettings, isLocalProvider, LOCAL_PROVIDER_PORT } from './development-settings.ts';
import { environment, type Environment } from './environment.ts';
import { runInForeground } from './foreground.ts';
import { StackError } from './start-parts.ts';
import { firstOrigin, requireBuildOutput, startStack, type Stack } from './start-stack.ts';
import { inWorkspace } from './workspace.ts';

/* `pnpm dev` and `pnpm start`: run the whole system on its usual ports until Ctrl-C. */

const mode = process.argv[2] === 'production' ? 'production' : 'development';

await runInForeground({
  start: async (signal) => {
    if (mode === 'production') requireBuildOutput();
    const { settings, ports } = configuration();
    const withLocalProvider = isLocalProvider(settings['OAUTH_PROVIDER']);
    console.log(`Starting api, web${withLocalProvider ? ', provider' : ''} …`);
    const stack = await startStack({ mode, ports, settings, withLocalProvider, onLine: printLine, signal });
    return { ...stack, settings };
  },
  onReady: (running) => console.log(banner(running)),
});

function printLine(part: string, line: string): void {
  if (line.trim() !== '') console.log(`[${part}] ${line}`);
}

function configuration() {
  const settings = developmentSettings({ file: inWorkspace('apps/api/.env'), environment });
  const port = (name: string, usual: number) => {
    const number = Number(settings[name] ?? usual);
    if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
    throw new StackError(`${name} has to be a port, a number from 1 to 65535.`);
  };
  const ports = { web: port('WEB_PORT', 5173), api: port('PORT', 3000), provider: LOCAL_PROVIDER_PORT };
  // WEB_PORT alone moves the web app for one start. Its origin moves with it.
  const isWebMoved = environment['WEB_PORT'] !== undefined && environment['WEB_ORIGIN'] === undefined;
  const origin: Environment = isWebMoved ? { WEB_ORIGIN: `http://localhost:${ports.web}` } : {};
  return { settings: { ...settings, ...origin }, ports };
}

function banner({ settings, origins, readyAfterMs }: Stack & { settings: Environment }): string {
  const isLocal = origins.provider !== undefined;
  const [web, api] =
    mode === 'production' ? ['as built', 'as built'] : ['follows your edits', 'restarts on your edits'];
  const provider = isLocal ? 'apps/local-provider, stands in for AIHubMix' : 'OAUTH_PROVIDER';
  // The origin alone, because the rest of the URL may hold a secret.
  const providerOrigin = URL.parse(settings['OAUTH_PROVIDER'] ?? '')?.origin ?? '(not set)';
  return `
Ready in ${(readyAfterMs / 1000).toFixed(1)} s.

  Open      ${firstOrigin(settings) ?? origins.web}${isLocal ? '\n  Sign in   as user123, with the password one-click' : ''}

  web       ${origins.web.padEnd(22)} apps/web, ${web}
  api       ${origins.api.padEnd(22)} apps/api, ${api}
  provider  ${providerOrigin.padEnd(22)} ${provider}

Ctrl-C stops everything.
`;
}
