// @vitest-environment node
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { build, createServer, type Rolldown } from 'vite';
import { expect, test } from 'vitest';
import { signIn } from './vite.ts';

const TEAM_APP = join(import.meta.dirname, '../test/team-app');

const scriptsOf = (html: string) =>
  Array.from(html.matchAll(/<script type="module"[^>]* src="\/([^"]+)"/g), ([, src]) => src);

test('one build makes the app and the two pages, each with one script that nothing else uses', async () => {
  const result = await build({ root: TEAM_APP, logLevel: 'warn', build: { write: false } });
  const files = new Map<string, Rolldown.OutputChunk | Rolldown.OutputAsset>(
    [result]
      .flat()
      .flatMap((part) => ('output' in part ? part.output : []))
      .map((file) => [file.fileName, file]),
  );
  const textOf = (name: string) => {
    const file = files.get(name);
    return file?.type === 'chunk' ? file.code : String(file?.source);
  };

  const [early = '', main = ''] = scriptsOf(textOf('index.html'));
  expect(textOf(early)).toContain('/api/oauth/session');
  expect(textOf(early)).not.toContain('from"');
  expect(textOf(early).length).toBeLessThan(2_500);
  expect(textOf(main)).not.toContain('early-session-');

  for (const page of ['oauth/callback.html', 'oauth/opening.html']) {
    const scripts = scriptsOf(textOf(page));
    expect(scripts).toHaveLength(1);
    expect(textOf(scripts[0]!)).not.toContain('from"');
    expect(textOf('index.html')).not.toContain(scripts[0]);
  }
});

test('the development server answers with the pages and their headers, and forwards the paths of the API', async () => {
  const api = createHttpServer((request, response) => response.end(`the API at ${request.url}`));
  await once(api.listen(0, '127.0.0.1'), 'listening');
  const address = api.address();
  const apiPort = typeof address === 'object' ? address?.port : undefined;
  const server = await createServer({
    root: TEAM_APP,
    configFile: false,
    plugins: [signIn({ apiTarget: `http://127.0.0.1:${apiPort}` })],
    logLevel: 'warn',
    server: { port: 0 },
  });
  try {
    await server.listen();
    const [url = ''] = server.resolvedUrls!.local;
    const callback = await fetch(`${url}oauth/callback.html?code=x&state=y`);
    expect(Object.fromEntries(callback.headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'unsafe-none',
      'referrer-policy': 'no-referrer',
    });
    const [script = ''] = scriptsOf(await callback.text());
    expect((await fetch(url + script)).headers.get('content-type')).toBe('text/javascript');

    const app = await fetch(url, { headers: { accept: 'text/html' } });
    expect(app.headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
    const early = scriptsOf(await app.text()).find((path) => path?.startsWith('assets/early-session'));
    expect(await (await fetch(url + early)).text()).toContain('/api/oauth/session');

    for (const path of ['api/oauth/session', 'auth/oauth/start', 'oauth/callback?code=x']) {
      expect(await (await fetch(url + path)).text()).toBe(`the API at /${path}`);
    }
  } finally {
    await server.close();
    api.close();
  }
});

test('a page that is opened at 127.0.0.1 is redirected to localhost', async () => {
  const server = await createServer({
    root: TEAM_APP,
    logLevel: 'warn',
    server: { port: 0, host: '127.0.0.1' },
  });
  try {
    await server.listen();
    const [url = ''] = server.resolvedUrls!.local;
    const answer = await fetch(`${url}account?x=1`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`${url.replace('127.0.0.1', 'localhost')}account?x=1`);
  } finally {
    await server.close();
  }
});

test('a base path under which the redirect URI would move is refused', async () => {
  const config = { root: TEAM_APP, configFile: false as const, plugins: [signIn()], base: '/team/' };
  await expect(build({ ...config, logLevel: 'silent' })).rejects.toThrow('"base": "/"');
});
