import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { portOf } from './support/port-of.ts';
import { VALID_ENV } from './support/test-api.ts';

/** Each writes a line of 330 bytes. Together they fit into neither a pipe nor a socket with the buffer of the API. */
const REQUESTS = 1200;

/** Standard output of the API. Nobody reads it until the test calls `read`. */
interface Output {
  stdio: number | 'pipe';
  /** Everything that can be read now. */
  read: (server: ChildProcess) => string;
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function openForTest(path: string, flags: string | number): number {
  const fd = openSync(path, flags);
  onTestFinished(() => closeSync(fd));
  return fd;
}

/** What a shell and Docker give to a process. */
function openPipe(): Output {
  const path = join(createFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const stdio = openForTest(path, 'r+');
  const reader = openForTest(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const chunk = Buffer.alloc(65_536);
  return {
    stdio,
    read() {
      try {
        return chunk.toString('utf8', 0, readSync(reader, chunk));
      } catch {
        return ''; // EAGAIN: the pipe is empty.
      }
    },
  };
}

/** What systemd and Node give to a process. */
const openSocket = (): Output => ({ stdio: 'pipe', read: ({ stdout }) => String(stdout?.read() ?? '') });

/** A file on a disk of 64 KiB, which another file fills until the test calls `read`. */
function openFullDisk(): Output {
  const folder = createFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  const [log, filler] = [join(folder, 'log'), join(folder, 'filler')];
  const stdio = openForTest(log, 'a');
  const fill = () => writeFileSync(filler, Buffer.alloc(65_537));
  expect(fill).toThrow('ENOSPC');
  return {
    stdio,
    read() {
      rmSync(filler, { force: true });
      return readFileSync(log, 'utf8');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

const requestFor = (connection: string) =>
  `GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`;

async function start(stdio: Output['stdio']) {
  const port = await freePort();
  const server = spawn(process.execPath, [`${import.meta.dirname}/../src/server.ts`], {
    env: { PATH: process.env['PATH'], ...VALID_ENV, PORT: String(port) },
    stdio: ['ignore', stdio, 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const origin = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(origin + PATHS.healthz), { timeout: 20_000 });
  const get = async (path: string) => (await fetch(origin + path)).text();
  return {
    server,
    /** Asks for an unknown path over one connection, and resolves when everything is answered. */
    async sendMany() {
      const socket = connect(port, '127.0.0.1');
      socket.write(requestFor('keep-alive').repeat(REQUESTS - 1) + requestFor('close'));
      expect((await text(socket)).match(/HTTP\/1\.1 404 /g)).toHaveLength(REQUESTS);
    },
    countDropped: async () => Number(/^log_lines_dropped_total (\d+)$/m.exec(await get(PATHS.metrics))?.[1]),
  };
}

const Warning = v.object({ level: v.literal(40), lines: v.number() });

const OUTPUTS: [string, () => Output][] = [
  ['pipe that nobody reads', openPipe],
  ['socket that nobody reads', openSocket],
];
if (process.getuid?.() === 0) OUTPUTS.push(['full disk', openFullDisk]); // Only root can mount one.

test.each(OUTPUTS)(
  'with a %s as its log, the API answers, counts the lines that it drops, reports them when it writes again, and ends on SIGTERM',
  async (_, open) => {
    const output = open();
    const api = await start(output.stdio);
    await api.sendMany();
    const dropped = await api.countDropped();
    expect(dropped).toBeGreaterThan(100);

    let log = '';
    await vi.waitFor(() => {
      log += output.read(api.server);
      expect(log).toMatch(/"log_lines_dropped".*\n/);
    }, 10_000);
    const warnings = new Set(log.match(/^.*"log_lines_dropped".*$/gm));
    const lines = [...warnings].map((warning) => v.parse(Warning, JSON.parse(warning)).lines);
    expect(lines.reduce((sum, each) => sum + each)).toBe(await api.countDropped());
    // Node reads the first 64 KiB of a socket by itself, so a socket is stalled twice.
    expect(lines.length).toBeLessThan(3);

    await api.sendMany();
    expect(await api.countDropped()).toBeGreaterThan(dropped);
    api.server.kill('SIGTERM');
    expect(await once(api.server, 'exit')).toEqual([0, null]);
  },
);
