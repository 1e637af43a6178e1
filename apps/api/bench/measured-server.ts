import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';

const Listening = v.object({ port: v.number() });
const Usage = v.object({
  /** User and system time since the start of the process, in milliseconds. */
  cpuMs: v.number(),
  rssBytes: v.number(),
});
type Usage = v.InferOutput<typeof Usage>;

/** A server in its own process that reports its CPU time and memory. */
export interface MeasuredServer {
  url: string;
  /** From the start of the process until it listens. */
  startMs: number;
  usage: () => Promise<Usage>;
  stop: () => Promise<void>;
}

interface ServerOptions {
  /** An absolute path. */
  script: string;
  /** report-usage.ts, built. */
  preload: string;
  args?: string[];
  /** Flags of Node. */
  flags?: string[];
  env?: Record<string, string>;
}

/** Starts the server. Resolves when it listens. */
export async function startMeasuredServer(options: ServerOptions): Promise<MeasuredServer> {
  const { script, preload, args = [], flags = [], env = {} } = options;
  const startedAt = performance.now();
  const child = fork(script, args, {
    execArgv: ['--import', preload, ...flags],
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} exited with code ${code}`);
  });
  const nextMessage = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  };
  const { port } = v.parse(Listening, await nextMessage());
  return {
    url: `http://127.0.0.1:${port}`,
    startMs: performance.now() - startedAt,
    async usage() {
      const answer = nextMessage();
      child.send('usage');
      return v.parse(Usage, await answer);
    },
    async stop() {
      child.kill();
      await ended.catch(() => undefined);
    },
  };
}
