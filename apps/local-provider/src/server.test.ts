import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { callApi, startProvider } from '../test/test-app.ts';

const entry = fileURLToPath(new URL('server.ts', import.meta.url));

function startProcess(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [entry], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function runToItsEnd(environment: NodeJS.ProcessEnv) {
  const child = startProcess(environment);
  const [stdout, stderr, closed] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const code: unknown = closed[0];
  return { stdout, stderr, code };
}

test('NODE_ENV=production ends the process with one sentence', async () => {
  const { stdout, stderr, code } = await runToItsEnd({ NODE_ENV: 'production', PORT: '0' });
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('does not start with NODE_ENV=production'),
  ]);
});

test('a faulty environment ends the process with the names of all faulty variables and without a value', async () => {
  const { stdout, stderr, code } = await runToItsEnd({
    PORT: 'http',
    ISSUER: 'http://localhost:4400/path',
    CODE_SECONDS: '0',
    OPENER_POLICY: 'none',
    OAUTH_CLIENT_SECRET: 'very-secret',
    OAUTH_REDIRECT_URI: 'http://app.example/callback',
  });
  expect(code).toBe(1);
  expect(stdout).toBe('');
  for (const name of [
    'PORT',
    'ISSUER',
    'CODE_SECONDS',
    'OPENER_POLICY',
    'OAUTH_CLIENT_ID missing',
    'OAUTH_REDIRECT_URI',
  ]) {
    expect(stderr).toContain(name);
  }
  expect(stderr).not.toContain('very-secret');
});

test('a taken port ends the process with one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => {
    other.close();
  });
  const address = other.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const { stderr, code } = await runToItsEnd({ PORT: port });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    `Something is listening on 127.0.0.1:${port} already: stop it, or choose another port with PORT.`,
  ]);
});

test.for(['SIGTERM', 'SIGINT'] as const)(
  'the process prints one line when it listens, and %s ends it at once',
  async (signal) => {
    const child = startProcess({ PORT: '0' });
    const stdout: string[] = [];
    const stderr = text(child.stderr);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => stdout.push(chunk));
    await once(child.stdout, 'data');
    const port = /^listening on http:\/\/localhost:(\d+)\n$/.exec(stdout.join(''))?.[1];
    expect(port).toBeDefined();

    const idle = createConnection({ host: '127.0.0.1', port: Number(port) });
    await once(idle, 'connect');
    idle.on('error', () => undefined);
    child.kill(signal);
    const closed: unknown[] = await once(child, 'close');
    expect(closed[0]).toBe(0);
    expect(await stderr).toBe('');
    expect(stdout.length).toBe(1);
  },
);

test('OPENER_POLICY sets the Cross-Origin-Opener-Policy of every answer', async () => {
  const cuttingOff = await callApi(await startProvider({ openerPolicy: 'same-origin' }), '/');
  expect(cuttingOff.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
  const usual = await callApi(await startProvider(), '/');
  expect(usual.headers.get('Cross-Origin-Opener-Policy')).toBeNull();
});

test('the home page lists the endpoints, the health check answers 200, and unknown paths answer 404', async () => {
  const origin = await startProvider();
  const home = await (await callApi(origin, '/')).text();
  expect(home).toContain('Local stand-in for AIHubMix');
  expect(home).toContain('GET /api/oauth2/authorize');
  expect((await callApi(origin, '/healthz')).status).toBe(200);
  expect((await callApi(origin, '/style.css')).headers.get('Content-Type')).toContain('text/css');

  for (const path of [
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/jwks',
    '/x',
  ]) {
    const response = await callApi(origin, path);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('data-reason="notFound"');
  }
  expect(await (await callApi(origin, '/api/x')).json()).toEqual({ error: 'not_found' });
  expect((await callApi(origin, '/api/oauth2/token')).status).toBe(404);
});
