import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { VALID_ENV } from './testing/test-api.ts';

const start = (env: Record<string, string>) =>
  spawn(process.execPath, [`${import.meta.dirname}/server.ts`], {
    env: { PATH: process.env['PATH'], ...env },
  });

test('a faulty configuration ends the process before it listens, and no value is printed', async () => {
  const server = start({
    ...VALID_ENV,
    WEB_ORIGIN: 'https://canary.example/',
    OAUTH_CLIENT_SECRET: 'your-canary',
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += String(text)));
  const [exitCode] = await once(server, 'close');
  expect(exitCode).toBe(1);
  expect(output).toMatch(/2 faults:\n {2}WEB_ORIGIN .*\n {2}OAUTH_CLIENT_SECRET /);
  expect(output).not.toMatch(/canary|listening/);
});

test.each(['SIGTERM', 'SIGINT'] as const)('it listens, and %s ends it in peace', async (signal) => {
  const server = start({ ...VALID_ENV, PORT: '0' });
  let output = '';
  const address = await new Promise<string>((resolve) => {
    server.stdout.on('data', (text) => {
      output += String(text);
      const [listening] = /http:\/\/[\d.:]+/.exec(output) ?? [];
      if (listening) resolve(listening);
    });
  });
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
  server.kill(signal);
  const [exitCode] = await once(server, 'close');
  expect(exitCode).toBe(0);
});
