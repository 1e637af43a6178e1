import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { portOf } from './support/port-of.ts';
import { startApi, WEB_ORIGIN } from './support/test-api.ts';

async function listen(timeouts: { requestTimeoutMs?: number; idleTimeoutMs?: number }) {
  const { app } = await startApi(timeouts);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect(portOf(app.server), '127.0.0.1');
  socket.on('error', () => undefined); // The API resets the connection in these tests.
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return { app, socket };
}

/** Sends one character at a time until the connection is closed. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('x'), 20);
  socket.once('close', () => clearInterval(timer));
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test('a client that sends its headers one character at a time gets 408', async () => {
  const { socket } = await listen({ requestTimeoutMs: 200 });
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  drip(socket);
  const answer = await readAll(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('"error":"invalid_request"');
});

test('a client that sends its body one character at a time gets 408', async () => {
  const { socket } = await listen({ requestTimeoutMs: 200 });
  const headers = [
    `POST ${PATHS.exchangeToken} HTTP/1.1`,
    'Host: x',
    `Origin: ${WEB_ORIGIN}`,
    'X-CSRF: 1',
    'Content-Type: application/json',
    'Content-Length: 5000',
  ];
  socket.write(`${headers.join('\r\n')}\r\n\r\n"`);
  drip(socket);
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test('a connection on which the client sends nothing is closed', async () => {
  const { socket } = await listen({ idleTimeoutMs: 200 });
  expect(await readAll(socket)).toBe('');
});

test('a client that requests much and reads nothing is disconnected', async () => {
  const { app, socket } = await listen({ idleTimeoutMs: 300 });
  socket.pause();
  // More bytes than fit into the socket buffers of both sides.
  const request = `GET ${PATHS.docs}/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n`;
  socket.write(request.repeat(30));
  const connections = () =>
    new Promise<number>((resolve, reject) => {
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  expect(await connections()).toBe(1);
  await vi.waitFor(async () => expect(await connections()).toBe(0), { timeout: 5000 });
});

test('a chunked body without a length is refused at the limit', async () => {
  const { socket } = await listen({});
  const headers = [
    `POST ${PATHS.exchangeToken} HTTP/1.1`,
    'Host: x',
    `Origin: ${WEB_ORIGIN}`,
    'X-CSRF: 1',
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
    'Connection: close',
  ];
  socket.write(`${headers.join('\r\n')}\r\n\r\n`);
  for (let i = 0; i < 10; i += 1) socket.write(`400\r\n${'x'.repeat(1024)}\r\n`);
  const answer = await readAll(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('"error":"payload_too_large"');
});
