import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';

const Usage = v.object({
  /** Since the process began, user and system, in milliseconds. */
  cpuMs: v.number(),
  rssBytes: v.number(),
});
type Usage = v.InferOutput<typeof Usage>;

/** A server in a process of its own, whose use of the machine is its own word for it. */
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

/** Resolves once the server has printed where it listens. */
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
    throw new Error(`${child.spawnargs.at(-1)} ended with exit code ${code}`);
  });
  const listening = new Promise<string>((resolve) => {
    let output = '';
    // Read to the end of its life: a full pipe would stop the server.
    child.stdout?.on('data', (text) => {
      if (output.length < 10_000) output += String(text);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (url) resolve(url);
    });
  });
  return Promise.race([listening, ended]);
}
