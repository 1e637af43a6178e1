import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { InjectOptions } from 'fastify';
import type { ApiResponse } from './browser.ts';

type InstanceRequest = Pick<InjectOptions, 'method' | 'headers' | 'body'> & { url: string };

/** The API in a process of its own. */
export interface Instance {
  inject: (request: InstanceRequest, signal?: AbortSignal) => Promise<ApiResponse>;
  /** What it has printed. */
  log: () => string;
  kill: (signal: NodeJS.Signals) => void;
  /** Once it has ended. */
  exitCode: Promise<unknown>;
  /** SIGKILL, and gone. */
  stop: () => Promise<void>;
}

interface InstanceOptions {
  /** All of it, but for PORT and PATH. */
  env: Record<string, string>;
  script?: Script;
}

/** What to start, below apps/api. */
export type Script = 'src/server.ts' | 'test/support/impatient-server.ts';

/** Resolves when it listens. */
export async function startInstance({ env, script = 'src/server.ts' }: InstanceOptions): Promise<Instance> {
  const server = spawn(process.execPath, [`${import.meta.dirname}/../../${script}`], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Not even a crash of the test run leaves it behind.
  const onExit = () => void server.kill('SIGKILL');
  process.once('exit', onExit);
  const exitCode = once(server, 'exit').then(([code]: unknown[]) => {
    process.off('exit', onExit);
    return code;
  });

  let output = '';
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [listening] = /http:\/\/[\d.:]+/.exec(output.replaceAll(env['OAUTH_PROVIDER'] ?? '', '')) ?? [];
      if (listening) resolve(listening);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', () => reject(new Error(`the API ended before it listened: ${output}`)));
  });

  return {
    async inject({ method = 'GET', url, headers = {}, body }, signal) {
      const response = await fetch(origin + url, {
        method,
        headers: {
          ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        redirect: 'manual',
        signal: signal ?? null,
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await response.text();
      return {
        statusCode: response.status,
        headers: {
          ...Object.fromEntries(response.headers),
          ...(response.headers.has('set-cookie') && { 'set-cookie': response.headers.getSetCookie() }),
        },
        body: text,
        json: () => JSON.parse(text),
      };
    },
    log: () => output,
    kill: (signal) => void server.kill(signal),
    exitCode,
    async stop() {
      server.kill('SIGKILL');
      await exitCode;
    },
  };
}
