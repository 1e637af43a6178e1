import { randomBytes } from 'node:crypto';
import { type BrowserContext, expect, type Response, test as base } from '@playwright/test';
import { TokenResponse } from '@oneclick/shared/messages';
import { freeStackPorts, type Stack, startStack } from '@oneclick/stack/start-stack';
import * as v from 'valibot';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Deployment, type DeploymentDescription, startDeployment } from './deployment.ts';
import { createPerson, type Person } from './person.ts';

/*
 * The fixtures of the tests: the whole system on free ports, as `pnpm start` runs it, and a person who uses it in a browser.
 */

export type System = Stack & {
  clientSecret: string;
  /** The configuration of the API. */
  apiSettings: Record<string, string>;
  /** The fault proxies in front of the API and in front of the provider. */
  wires: { api: FaultProxy; provider: FaultProxy };
  /** All lines that the parts have printed. */
  log: string[];
  /** The web servers in front of everything, if the test has the option of this name. */
  deployment: Deployment | undefined;
  /** Revokes the access token in this token response at the provider (RFC 7009). */
  endAccessToken: (tokenResponse: Response) => Promise<void>;
};

type Options = {
  /** Additional variables for each part. A test with this option gets its own system. */
  environment: Parameters<typeof startStack>[0]['environment'];
  mode: 'development' | 'production';
  /** The host in WEB_ORIGIN. A test with this option gets its own system. */
  webHost: 'localhost' | '127.0.0.1';
  /** Serves the build with nginx or Caddy. A test with this option gets its own system. */
  deployment: DeploymentDescription | undefined;
};

export const test = base.extend<
  Options & { system: System; person: Person; otherTab: Person },
  { sharedSystem: System }
>({
  environment: [undefined, { option: true }],
  mode: ['production', { option: true }],
  webHost: ['localhost', { option: true }],
  deployment: [undefined, { option: true }],

  sharedSystem: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright requires the pattern: it names the fixtures that this one needs
    async ({}, use) => {
      const system = await startSystem({
        environment: undefined,
        mode: 'production',
        webHost: 'localhost',
        deployment: undefined,
      });
      await use(system);
      await system.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  system: async ({ environment, mode, webHost, deployment, sharedSystem }, use) => {
    if (!environment && mode === 'production' && webHost === 'localhost' && !deployment) {
      await use(sharedSystem);
      for (const wire of Object.values(sharedSystem.wires)) wire.mend();
      return;
    }
    const system = await startSystem({ environment, mode, webHost, deployment });
    await use(system);
    await system.stop();
  },

  person: async ({ context, page, system }, use) => {
    const errors = collectErrors(context);
    await use(createPerson({ page, system }));
    expect(errors, 'errors in the console of the pages').toEqual([]);
  },

  otherTab: async ({ context, system }, use) => use(createPerson({ page: await context.newPage(), system })),
});

async function startSystem({
  environment,
  mode,
  webHost,
  deployment: description,
}: Options): Promise<System> {
  const log: string[] = [];
  const ports = await freeStackPorts();
  const wires = {
    api: await startFaultProxy({ target: `http://127.0.0.1:${ports.api}` }),
    provider: await startFaultProxy({ target: `http://127.0.0.1:${ports.provider}` }),
  };
  const deployment =
    description &&
    (await startDeployment({ ...description, apiPort: Number(new URL(wires.api.origin).port) }));
  const webOrigin = deployment?.origins.web ?? `http://${webHost}:${ports.web}`;
  const apiOrigin = deployment?.origins.api ?? webOrigin;
  const clientSecret = `secret_${randomBytes(32).toString('hex')}`;
  const apiSettings = {
    WEB_ORIGIN: webOrigin,
    // Otherwise the origin of the app, which a test may change.
    ...(deployment && { API_ORIGIN: apiOrigin }),
    TRUST_PROXY: '127.0.0.1',
    OAUTH_PROVIDER: wires.provider.origin,
    OAUTH_CLIENT_ID: CLIENT_ID,
    OAUTH_CLIENT_SECRET: clientSecret,
    OAUTH_SERVER_REDIRECT_URI: `${apiOrigin}/oauth/callback`,
    RATE_LIMIT_PER_MINUTE: '6000',
    SESSION_KEYS: `e2e:${randomBytes(32).toString('base64url')}`,
  };
  const stack = await startStack({
    mode,
    ports,
    withWeb: !deployment,
    settings: apiSettings,
    environment: {
      ...environment,
      web: { API_PROXY_TARGET: wires.api.origin, ...environment?.web },
      provider: { ISSUER: wires.provider.origin, ...environment?.provider },
    },
    onLine: (part, line) => void log.push(`[${part}] ${line}`),
  });
  return {
    ...stack,
    origins: { ...stack.origins, web: webOrigin },
    async stop() {
      await stack.stop();
      await deployment?.stop();
      await Promise.all(Object.values(wires).map(({ close }) => close()));
    },
    wires,
    log,
    deployment,
    apiSettings,
    clientSecret,
    async endAccessToken(tokenResponse) {
      const answer = await fetch(`http://localhost:${ports.provider}/api/oauth2/revoke`, {
        method: 'POST',
        body: new URLSearchParams({
          token: await accessTokenIn(tokenResponse),
          client_id: CLIENT_ID,
          client_secret: clientSecret,
        }),
      });
      expect(answer.status).toBe(200);
    },
  };
}

/** Returns the access token of a token response. */
export async function accessTokenIn(tokenResponse: Response): Promise<string> {
  return v.parse(TokenResponse, await tokenResponse.json()).access_token;
}

export { expect } from '@playwright/test';

const CLIENT_ID = 'client_e2e';

/** Collects the errors that no test expects: exceptions, refused resources and violations of the Content-Security-Policy. */
function collectErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => {
    // The browser logs every 4xx and 5xx, and some tests cause these responses on purpose.
    const isResponse = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isResponse) errors.push(message.text());
  });
  return errors;
}
