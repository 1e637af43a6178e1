import { randomBytes } from 'node:crypto';
import { type BrowserContext, expect, type Page, type Response, test as base } from '@playwright/test';
import { TokenResponse } from '@oneclick/shared/messages';
import { freeStackPorts, type Stack, startStack } from '@oneclick/stack/start-stack';
import * as v from 'valibot';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/*
 * The whole system for a test: the local provider, the API and the built web app on ports of their own, as
 * `pnpm start` runs them, and a person's hands in a real browser.
 */

export type System = Stack & {
  clientSecret: string;
  /** What stands between the browser and the API, and between everybody and the provider. */
  wires: { api: FaultProxy; provider: FaultProxy };
  /** Every line that any part has printed. */
  log: string[];
  /** Ends the access token in this token response at the provider, long before its time (RFC 7009). */
  endAccessToken: (tokenResponse: Response) => Promise<void>;
};

type Options = {
  /** More variables for a part, by its name. A test that has some gets a system of its own. */
  environment: Parameters<typeof startStack>[0]['environment'];
  mode: 'development' | 'production';
};

export const test = base.extend<
  Options & { system: System; person: Person; otherTab: Person },
  { sharedSystem: System }
>({
  environment: [undefined, { option: true }],
  mode: ['production', { option: true }],

  sharedSystem: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
    async ({}, use) => {
      const system = await startSystem({ environment: undefined, mode: 'production' });
      await use(system);
      await system.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  system: async ({ environment, mode, sharedSystem }, use) => {
    if (!environment && mode === 'production') {
      await use(sharedSystem);
      for (const wire of Object.values(sharedSystem.wires)) wire.mend();
      return;
    }
    const system = await startSystem({ environment, mode });
    await use(system);
    await system.stop();
  },

  person: async ({ context, page, system }, use) => {
    const complaints: string[] = [];
    watchForComplaints(context, complaints);
    await use(person({ page, system }));
    expect(complaints, 'the pages have nothing to complain about in the console').toEqual([]);
  },

  otherTab: async ({ context, system }, use) => use(person({ page: await context.newPage(), system })),
});

async function startSystem({ environment, mode }: Options): Promise<System> {
  const log: string[] = [];
  const ports = await freeStackPorts();
  const wires = {
    api: await startFaultProxy({ target: `http://127.0.0.1:${ports.api}` }),
    provider: await startFaultProxy({ target: `http://127.0.0.1:${ports.provider}` }),
  };
  const clientSecret = `secret_${randomBytes(32).toString('hex')}`;
  const stack = await startStack({
    mode,
    ports,
    settings: {
      WEB_ORIGIN: `http://localhost:${ports.web}`,
      OAUTH_PROVIDER: wires.provider.origin,
      OAUTH_CLIENT_ID: CLIENT_ID,
      OAUTH_CLIENT_SECRET: clientSecret,
      OAUTH_SERVER_REDIRECT_URI: `http://localhost:${ports.web}/oauth/callback`,
      RATE_LIMIT_PER_MINUTE: '6000',
      SESSION_KEYS: `e2e:${randomBytes(32).toString('base64url')}`,
    },
    environment: {
      ...environment,
      web: { API_PROXY_TARGET: wires.api.origin, ...environment?.web },
      provider: { ISSUER: wires.provider.origin, ...environment?.provider },
    },
    onLine: (part, line) => void log.push(`[${part}] ${line}`),
  });
  return {
    ...stack,
    async stop() {
      await stack.stop();
      await Promise.all(Object.values(wires).map(({ close }) => close()));
    },
    wires,
    log,
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

export async function accessTokenIn(tokenResponse: Response): Promise<string> {
  return v.parse(TokenResponse, await tokenResponse.json()).access_token;
}

export { expect } from '@playwright/test';

const CLIENT_ID = 'client_e2e';

export const DEMO = { username: 'user123', password: 'one-click' };

export type Person = ReturnType<typeof person>;

/** What a person does and sees in one tab. */
function person({ page, system }: { page: Page; system: Pick<System, 'origins'> }) {
  const see = (testId: string) => page.getByTestId(testId);
  return {
    page,
    see,
    openApp: () => page.goto(system.origins.web),

    /** Clicks the button, and gives back the window that opens. */
    async clickSignIn(): Promise<Page> {
      const [popup] = await Promise.all([page.waitForEvent('popup'), see('sign-in').click()]);
      return popup;
    },
    async enterPassword(popup: Page, { username, password } = DEMO): Promise<void> {
      await popup.locator('[name=username]').fill(username);
      await popup.locator('[name=password]').fill(password);
      await popup.getByTestId('provider-sign-in').click();
    },
    /** From the app's page to the balance, with password and consent. */
    async signIn(account = DEMO): Promise<void> {
      const popup = await this.clickSignIn();
      await this.enterPassword(popup, account);
      await popup.getByTestId('provider-allow').click();
      await this.seesAccount(account);
    },
    async seesAccount({ username } = DEMO): Promise<void> {
      await expect(see('username')).toHaveText(username);
      await expect(page.locator('html')).toHaveAttribute('data-session', 'signed-in');
    },
    async seesSignedOut(): Promise<void> {
      await expect(see('sign-in')).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('data-session', /^(signed-out|ended)$/);
    },
    async seesNotice(code: string): Promise<void> {
      await expect(see('notice')).toHaveAttribute('data-code', code);
    },
  };
}

/** Errors that no test expects: exceptions, refused resources, violations of the Content-Security-Policy. */
function watchForComplaints(context: BrowserContext, complaints: string[]): void {
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    // An answer of 4xx or 5xx is what some tests are about; the browser mentions each.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
  });
}
