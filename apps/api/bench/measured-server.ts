import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';

const Usage = v.object({
  /** User and system time since the start of the process, in milliseconds. */
  cpuMs: v.number(),
  rssBytes: v.number(),
});
type Usage = v.InferOutput<typeof Usage>;

/** A server in its own process that reports its CPU time and memory. */
export interface MeasuredServer {
  url: string;
  usage: () => Promise<Usage>;
  stop: () => Promise<void>;
}

interface ServerOptions {
  script: URL;
  args?: string[];
  env?: Record<string, string>;
}

/** Starts the server. Resolves when the server has printed its address. */
export async function startMeasuredServer({
  script,
  args = [],
  env = {},
}: ServerOptions): Promise<MeasuredServer> {
  const child = fork(script, args, {
    execArgv: ['--import', new URL('report-usage.ts', import.meta.url).href],
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  return {
    url: await untilListening(child),
    async usage() {
      const answer = once(child, 'message');
      child.send('usage');
      const [usage] = await answer;
      return v.parse(Usage, usage);
    },
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function untilListening(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.at(-1)} exited with code ${code}`);
  });
  const listening = new Promise<string>((resolve) => {
    let output = '';
    // Keep reading until the server exits: a full pipe would block it.
    child.stdout?.on('data', (text) => {
      if (output.length < 10_000) output += String(text);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (url) resolve(url);
    });
  });
  return Promise.race([listening, ended]);
}
