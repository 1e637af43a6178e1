import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import type { Part } from './run-parts.ts';

const READY = `require('node:http').createServer((_, response) => response.end()).listen(+process.env.PORT, '127.0.0.1');`;

const SCRIPTS = {
  /** A server that does as it should. */
  ready: READY,
  /** Never answers. */
  silent: 'setInterval(() => {}, 1000);',
  /** Ends at once. */
  broken: "console.error('WEB_ORIGIN is missing'); process.exitCode = 3;",
  /** Fails, but its process waits for better times. */
  waiting: "console.error('WEB_ORIGIN is missing'); console.log('Failed'); setInterval(() => {}, 1000);",
  /** Does not end when asked. */
  deaf: `process.on('SIGTERM', () => {}); ${READY}`,
  /** Leaves a child behind when asked to end. */
  careless: `const { spawn } = require('node:child_process');
    console.log('pid ' + spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).pid);
    ${READY}`,
  /** Ends by itself when visited at /die. */
  mortal: `require('node:http').createServer((request, response) => {
    if (request.url === '/die') process.exit(7);
    response.end();
  }).listen(+process.env.PORT, '127.0.0.1');`,
};

/** A part of a few lines that behaves in one certain way and prints the ids of its processes. */
export async function fakePart(behaviour: keyof typeof SCRIPTS, name: string = behaviour): Promise<Part> {
  const cwd = mkdtempSync(join(tmpdir(), 'fake-part-'));
  writeFileSync(join(cwd, 'part.cjs'), `console.log('pid ' + process.pid);\n${SCRIPTS[behaviour]}`);
  const [port = 0] = await freePorts(1);
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

/** The ids of processes in what fake parts have printed. */
export function processIdsIn(output: string): number[] {
  return [...output.matchAll(/\bpid (\d+)/g)].map(([, pid]) => Number(pid));
}

/** Whether a process still does anything: one that has ended may stay listed until its parent asks how. */
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
