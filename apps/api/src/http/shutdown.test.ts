import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { portOf } from '../../test/support/port-of.ts';
import { startApi } from '../../test/support/test-api.ts';

async function listen(options: Parameters<typeof startApi>[0] = {}) {
  const api = await startApi(options);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const port = portOf(api.app.server);
  /** A connection that the API has accepted. */
  async function open(): Promise<Socket> {
    const accepted = once(api.app.server, 'connection');
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await accepted;
    return socket;
  }
  return { ...api, port, open };
}

/** Work that is in flight until `finish` is called. */
function startWork(app: Awaited<ReturnType<typeof listen>>['app']) {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  app.finishBeforeClose(promise);
  return { finish };
}

test('a close that takes longer than ten seconds waits for the work in flight', async () => {
  const { app, log } = await listen();
  const { finish } = startWork(app);
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const closing = app.close();
  const outcome = vi.fn<() => void>();
  closing.then(outcome, outcome);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(outcome).not.toHaveBeenCalled();
  vi.useRealTimers();
  finish();
  await closing;
  expect(log.join()).not.toContain('cut off');
});

test('a close gives up the work in flight when its time is over, and logs that', async () => {
  const { app, log } = await listen({ shutdownTimeoutMs: 1050 });
  startWork(app);
  await app.close();
  expect(log.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ level: 40, requests: 0, refreshes: 1 }),
  );
});

test('a connection that was accepted before the server stopped listening gets an answer', async () => {
  const { app, open, port } = await listen();
  const socket = await open();
  const closing = app.close();
  await vi.waitFor(() => expect(app.server.listening).toBe(false));
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
  socket.write('GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n');
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toContain('"error":"shutting_down"');
  await closing;
});

test('after DRAIN_SECONDS, no connection is accepted while the work in flight finishes', async () => {
  const { app, port } = await listen({ env: { DRAIN_SECONDS: '1' } });
  const { finish } = startWork(app);
  const closing = app.close();
  expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(404);
  await vi.waitFor(() => expect(app.server.listening).toBe(false), { timeout: 5000 });
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
  finish();
  await closing;
});

test('a body that arrives after the headers does not reset the connection before its answer', async () => {
  const { app, open, port } = await listen();
  const { finish } = startWork(app);
  const socket = await open();
  const closing = app.close();
  await vi.waitFor(async () => {
    expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(503);
  });
  const headers = ['Host: x', 'Content-Type: application/json', 'Content-Length: 20000'];
  socket.write(`POST ${PATHS.start} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  await once(app.server, 'request');
  for (const part of ['x'.repeat(10_000), 'x'.repeat(10_000)]) {
    await pause(50); // An answer without the body would have closed the connection by now.
    socket.write(part);
  }
  expect(await text(socket)).toContain('"error":"shutting_down"');
  finish();
  await closing;
});
