import { signIn } from '@oneclick/sign-in/vite';
import getPort from 'get-port';
import { preview } from 'vite';
import { test as base } from './system.ts';

/* The fixtures of an app that has nothing of apps/web, and is served in its place. */

export const test = base.extend<{
  apiVariables: Record<string, string>;
  port: number;
  serve: (app: { root: string; outDir: string }) => Promise<string>;
}>({
  /** Additional variables of the API. */
  apiVariables: [{}, { option: true }],

  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  port: async ({}, use) => {
    await use(await getPort());
  },

  environment: async ({ apiVariables, port }, use) => {
    const origin = `http://localhost:${port}`;
    const redirectUris = {
      OAUTH_REDIRECT_URI: `${origin}/oauth/callback.html`,
      OAUTH_SERVER_REDIRECT_URI: `${origin}/oauth/callback`,
    };
    await use({ api: { WEB_ORIGIN: origin, ...redirectUris, ...apiVariables }, provider: redirectUris });
  },

  /** Serves a built app until the test ends, and returns its origin. */
  serve: async ({ port, system }, use) => {
    const servers: Awaited<ReturnType<typeof preview>>[] = [];
    await use(async ({ root, outDir }) => {
      const server = await preview({
        root,
        configFile: false,
        plugins: [signIn({ apiTarget: system.wires.api.origin })],
        build: { outDir },
        preview: { port, strictPort: true },
      });
      servers.push(server);
      return `http://localhost:${port}`;
    });
    for (const server of servers) await server.close();
  },
});
