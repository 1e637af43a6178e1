import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { InjectOptions } from 'fastify';
import type { ApiResponse } from './browser.ts';

/** A request as for `app.inject`, with a body that becomes JSON. */
export type InstanceRequest = Pick<InjectOptions, 'method' | 'headers' | 'body'> & { url: string };

/** The API in its own process. */
export interface Instance {
  origin: string;
  inject: (request: InstanceRequest, signal?: AbortSignal) => Promise<ApiResponse>;
  /** The output so far, stdout and stderr. */
  log: () => string;
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves when the process has ended. */
  exitCode: Promise<unknown>;
  /** Kills the process and waits for its end. */
  stop: () => Promise<void>;
}

interface InstanceOptions {
  /** The whole environment except PORT and PATH. */
  env: Record<string, string>;
  script?: Script;
  /** A program and its arguments, in place of Node and `script`. */
  command?: readonly [string, ...string[]];
}

/** The script to start, relative to apps/api. */
export type Script = 'src/server.ts' | 'test/support/impatient-server.ts';

/** Starts the API. Resolves when it listens. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { env, script = 'src/server.ts' } = options;
  const { command = [process.execPath, `${import.meta.dirname}/../../${script}`] as const } = options;
  const [program, ...args] = command;
  const server = spawn(program, args, {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Kills the process even if the test run crashes.
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
    server.once('exit', () => reject(new Error(`the API exited before it listened: ${output}`)));
  });

  return {
    origin,
    inject: (request, signal) => sendTo(origin, request, signal),
    log: () => output,
    kill: (signal) => void server.kill(signal),
    exitCode,
    async stop() {
      server.kill('SIGKILL');
      await exitCode;
    },
  };
}

/** Sends a request to the API, or to a proxy in front of it. */
export async function sendTo(
  origin: string,
  { method = 'GET', url, headers = {}, body }: InstanceRequest,
  signal?: AbortSignal,
): Promise<ApiResponse> {
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
}
