import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CERTIFICATE, startFaultyProvider } from '../../test/doubles/faulty-provider.ts';
import { portOf } from '../../test/support/port-of.ts';
import { wasNeverSent } from './never-sent-error.ts';
import { createSendRequest } from './send-request.ts';

const NO_PROXIES = { httpsProxy: '', httpProxy: '', noProxy: '' };

async function createSender(proxies: Partial<typeof NO_PROXIES> = {}) {
  const send = await createSendRequest({ proxies: { ...NO_PROXIES, ...proxies }, maxBodyBytes: 65_536 });
  return (url: string, timeoutMs = 5000) =>
    send({ url, method: 'POST', headers: {}, body: 'code=x', timeoutMs });
}

/** A proxy that forwards requests (http) and opens tunnels (https). */
async function startProxy({ delayMs = 0, refuseWith }: { delayMs?: number; refuseWith?: string } = {}) {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const record = ({ method = '', url = '', headers }: IncomingMessage) =>
    received.push(`${method} ${url} ${headers['proxy-authorization'] ?? ''}`.trim());
  const server = createServer((request, response) => {
    record(request);
    response.end('from the proxy');
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket: Socket) => {
    record(request);
    void delay(delayMs).then(() => {
      if (refuseWith) return socket.end(`HTTP/1.1 ${refuseWith}\r\n\r\n`);
      const tunnel = connect(Number(request.url?.split(':')[1]), '127.0.0.1');
      for (const end of [socket, tunnel]) end.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      return socket.pipe(tunnel).pipe(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://user:canary@127.0.0.1:${portOf(server)}`, received };
}

describe('a proxy of the network', () => {
  // The certificate of the provider in these tests.
  beforeAll(() => {
    const trusted = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...trusted, CERTIFICATE]);
    return () => tls.setDefaultCACertificates(trusted);
  });
  const credentials = `Basic ${Buffer.from('user:canary').toString('base64')}`;

  test('receives a tunnel to an https provider, which receives the request', async () => {
    const [proxy, provider] = [await startProxy(), await startFaultyProvider({ isTls: true })];
    const send = await createSender({ httpsProxy: proxy.url });
    const { status, body } = await send(`${provider.url}/token`);
    expect([status, JSON.parse(body.toString())]).toEqual([
      200,
      expect.objectContaining({ expires_in: 200 }),
    ]);
    expect(proxy.received).toEqual([`CONNECT ${new URL(provider.url).host} ${credentials}`]);
    expect(provider.requests).toBe(1);
  });

  test('receives the requests to an http provider', async () => {
    const proxy = await startProxy();
    const send = await createSender({ httpProxy: proxy.url });
    expect(String((await send('http://provider.example/token')).body)).toBe('from the proxy');
    expect(proxy.received).toEqual([`POST http://provider.example/token ${credentials}`]);
  });

  test('serves https too if there is only a proxy for http', async () => {
    const [proxy, provider] = [await startProxy(), await startFaultyProvider({ isTls: true })];
    await (
      await createSender({ httpProxy: proxy.url })
    )(provider.url);
    expect(proxy.received).toHaveLength(1);
  });

  test.each(['127.0.0.1', '*', 'localhost, 127.0.0.1'])(
    'is not used for a host in NO_PROXY=%s',
    async (noProxy) => {
      const [proxy, provider] = [await startProxy(), await startFaultyProvider()];
      const send = await createSender({ httpProxy: proxy.url, httpsProxy: proxy.url, noProxy });
      expect((await send(provider.url)).status).toBe(200);
      expect(proxy.received).toEqual([]);
    },
  );

  test('that does not answer, refuses or is away has not sent the request', async () => {
    const provider = await startFaultyProvider({ isTls: true });
    const [silent, refusing] = [
      await startProxy({ delayMs: 60_000 }),
      await startProxy({ refuseWith: '407 Proxy Authentication Required' }),
    ];
    for (const httpsProxy of [silent.url, refusing.url, 'http://127.0.0.1:1']) {
      const send = await createSender({ httpsProxy });
      const error = await send(provider.url, 300).catch((reason: unknown) => reason);
      expect(wasNeverSent(error)).toBe(true);
    }
    expect(provider.requests).toBe(0);
  });

  test('that opens its tunnel after the time-out causes no request', async () => {
    const [proxy, provider] = [
      await startProxy({ delayMs: 300 }),
      await startFaultyProvider({ isTls: true }),
    ];
    const send = await createSender({ httpsProxy: proxy.url });
    const error = await send(provider.url, 100).catch((reason: unknown) => reason);
    expect(wasNeverSent(error)).toBe(true);
    await vi.waitFor(() => expect(provider.connections).toBe(1));
    await vi.waitFor(() => expect(provider.sockets.size).toBe(0));
    expect(provider.requests).toBe(0);
  });
});

/** A server on IPv4 that accepts no connection until `accept` is called. */
async function startSlowServer() {
  const answer = 'socket.end("HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok")';
  const script = `const server = net.createServer((socket) => socket.on('data', () => ${answer}).on('error', () => {}));
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  const port = Number(await once(server.stdout, 'data'));
  server.kill('SIGSTOP');
  // The kernel completes connections until the backlog is full, and ignores the others.
  const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
  });
  await vi.waitFor(() => expect(waiting.some(({ connecting }) => !connecting)).toBe(true));
  return { port, accept: () => void server.kill('SIGCONT') };
}

test('a host with a slow IPv4 address and a dead IPv6 address is reached', async () => {
  const { port, accept } = await startSlowServer();
  const resolve = vi.spyOn(dns, 'lookup').mockImplementation((...parameters: unknown[]) => {
    const callback = parameters.at(-1);
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 }, // Refuses connections to this port.
    ];
    if (typeof callback === 'function') callback(null, addresses);
  });
  onTestFinished(() => resolve.mockRestore());
  const send = await createSender();
  const answer = send(`http://provider.example:${port}`);
  await delay(700); // Twice as long as Node waits by default for an address that is not the last.
  accept();
  expect((await answer).status).toBe(200);
  // In a network that swallows packets to IPv6, each connection would wait for it first.
  expect(resolve.mock.calls[0]?.[1]).toMatchObject({ order: 'ipv4first' });
});
