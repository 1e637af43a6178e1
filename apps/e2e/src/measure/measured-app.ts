import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { newSettings } from '@oneclick/stack/development-settings';
import { StackError, startParts } from '@oneclick/stack/start-parts';
import { freeStackPorts, stackParts } from '@oneclick/stack/start-stack';
import { inWorkspace } from '@oneclick/stack/workspace';
import { createFront } from './front.ts';
import { answerAsProvider } from './instant-provider.ts';
import { createRecorder, type Recorder } from './recorded-server.ts';

/** A web app behind a web server, with an API and a provider of its own. */
export interface MeasuredApp {
  origin: string;
  /** Records the requests to the web server and to the provider. */
  recorder: Recorder;
  stop: () => Promise<void>;
}

/**
 * Starts the built product of a checkout of this repository.
 *
 * @throws {StackError} if the checkout has no build
 */
export async function startBuild(checkout: string = inWorkspace('.')): Promise<MeasuredApp> {
  if (!['api', 'web'].every((name) => existsSync(join(checkout, 'apps', name, 'dist')))) {
    throw new StackError(`There is no build in ${checkout}: run "npx -y pnpm@12 build" there first.`);
  }
  const headersFor = await headersOf(checkout);
  const ports = await freeStackPorts();
  const recorder = createRecorder();
  const provider = await recorder.listen('provider', answerAsProvider);
  const folder = join(checkout, 'apps/web/dist');
  const api = `http://127.0.0.1:${ports.api}`;
  const origin = await recorder.listen('app', createFront({ folder, headersFor, api }));
  const settings = newSettings({ webOrigin: origin, provider });
  const parts = stackParts({ mode: 'production', ports, settings })
    .filter(({ name }) => name === 'api')
    .map((part) => ({ ...part, cwd: join(checkout, 'apps/api') }));
  const { stop } = await startParts({ parts });
  return {
    origin,
    recorder,
    async stop() {
      await stop();
      await recorder.close();
    },
  };
}

/** The response headers of the built web app. Each checkout has its own function. */
async function headersOf(checkout: string): Promise<(path: string) => Record<string, string>> {
  const module = pathToFileURL(join(checkout, 'packages/sign-in/src/headers.ts'));
  const { headersFor }: typeof import('@oneclick/sign-in/headers') = await import(module.href);
  const manifest = join(checkout, 'apps/web/dist-headers/headers.json');
  // The function of an earlier checkout takes the path alone.
  const headers = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : undefined;
  return (path) => headersFor(path, headers);
}

/**
 * Starts the page that the product replaces: plain JavaScript that keeps its tokens in localStorage and reads userinfo
 * at the provider itself. Its server only adds the client secret to the code.
 */
export async function startNaivePage(): Promise<MeasuredApp> {
  const recorder = createRecorder();
  const provider = await recorder.listen('provider', answerAsProvider);
  const server = createServer((request, response) => {
    void text(request)
      .then((code) =>
        fetch(`${provider}/api/oauth2/token`, {
          method: 'POST',
          body: new URLSearchParams({ ...CLIENT, code }),
        }),
      )
      .then((tokens) => tokens.text())
      .then((tokens) => response.writeHead(200, { 'content-type': 'application/json' }).end(tokens));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const front = createFront({
    folder: join(import.meta.dirname, 'naive-page'),
    headersFor: () => ({ 'Cache-Control': 'no-cache' }),
    edit: (page) => page.replace('{{provider}}', provider),
    api: `http://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`,
  });
  const origin = await recorder.listen('app', front);
  return {
    origin,
    recorder,
    async stop() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
      await recorder.close();
    },
  };
}

const CLIENT = { grant_type: 'authorization_code', client_id: 'client_naive', client_secret: 'secret_naive' };
