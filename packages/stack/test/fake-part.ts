import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import type { Part } from '../src/start-parts.ts';

const READY = `require('node:http').createServer((_, response) => response.end()).listen(+process.env.PORT, '127.0.0.1');`;

const SCRIPTS = {
  /** A server that answers, and ends on SIGTERM. */
  ready: READY,
  /** Never answers. */
  silent: 'setInterval(() => {}, 1000);',
  /** Ends at once. */
  broken: "console.error('WEB_ORIGIN is missing'); process.exitCode = 3;",
  /** Fails, but its process goes on, as `node --watch` does. */
  waiting: `console.error('WEB_ORIGIN is missing'); console.log("Failed running 'part.cjs'"); setInterval(() => {}, 1000);`,
  /** Ignores SIGTERM. */
  deaf: `process.on('SIGTERM', () => {}); ${READY}`,
  /** Ends on SIGTERM and leaves a child behind. */
  careless: `const { spawn } = require('node:child_process');
    console.log('pid ' + spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).pid);
    ${READY}`,
  /** Ends by itself when a request to /die arrives. */
  mortal: `require('node:http').createServer((request, response) => {
    if (request.url === '/die') process.exit(7);
    response.end();
  }).listen(+process.env.PORT, '127.0.0.1');`,
};

/** A part of a few lines with one kind of behaviour. It prints the ids of its processes. */
export async function fakePart(behaviour: keyof typeof SCRIPTS, name: string = behaviour): Promise<Part> {
  const cwd = mkdtempSync(join(tmpdir(), 'fake-part-'));
  writeFileSync(join(cwd, 'part.cjs'), `console.log('pid ' + process.pid);\n${SCRIPTS[behaviour]}`);
  const port = await getPort();
  return {
    name,
    cwd,
    args: ['part.cjs'],
    environment: { PORT: String(port) },
    port,
    portSetting: `${name.toUpperCase()}_PORT`,
    readyPath: '/',
  };
}

/** The process ids that fake parts have printed. */
export function processIdsIn(output: string): number[] {
  return [...output.matchAll(/\bpid (\d+)/g)].map(([, pid]) => Number(pid));
}

/** Whether a process runs. A process that has ended stays in the list of processes until its parent collects it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
