import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { portOf } from '../support/port-of.ts';

/** Replaces the answer, once the whole request has arrived. */
export type Fault = (socket: Socket) => void;

interface FaultyProviderOptions {
  /** Serve TLS with a self-signed certificate. */
  isTls?: boolean;
}

/**
 * A provider on real connections. It answers the requests of a sign-in until a test sets a fault. It writes to sockets,
 * because an HTTP server refuses to send most of the faults.
 */
export async function startFaultyProvider({ isTls = false }: FaultyProviderOptions = {}) {
  const sockets = new Set<Socket>();
  const provider = {
    url: '',
    fault: undefined as Fault | undefined,
    connections: 0,
    /** Number of complete requests. */
    requests: 0,
    sockets,
    /** Closes all connections and stops listening. */
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };

  function serve(socket: Socket): void {
    let received = '';
    socket.on('data', (data) => {
      received += String(data);
      const [head = '', body] = received.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      received = '';
      provider.requests += 1;
      if (provider.fault) provider.fault(socket);
      else socket.end(httpAnswer(answerTo(head)));
    });
  }

  function accept(socket: Socket): void {
    provider.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // The other side may have disconnected.
  }

  const server = isTls
    ? createTlsServer({ key: KEY, cert: CERTIFICATE }, serve)
        .on('connection', accept)
        .on('tlsClientError', () => {})
    : createServer((socket) => {
        accept(socket);
        serve(socket);
      });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(provider.close);
  provider.url = `${isTls ? 'https' : 'http'}://127.0.0.1:${portOf(server)}`;
  return provider;
}

/** The tokens differ each time. */
function answerTo(head: string): object {
  if (head.startsWith('GET')) return { id: 1, username: 'user1' };
  tokens += 1;
  return {
    access_token: `access-${tokens}`,
    refresh_token: `refresh-${tokens}`,
    token_type: 'Bearer',
    expires_in: 200,
  };
}

let tokens = 0;

/** A complete HTTP answer with `Connection: close`. */
export function httpAnswer(body: object | string | Buffer, headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const { status = '200 OK', ...rest } = headers;
  const fields = {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    connection: 'close',
    ...rest,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), bytes]);
}

/** A self-signed certificate of 127.0.0.1, for tests only. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFaVEcb4qSHdzo2En
1dfu7FJnUFuflh1buxAAhvNAaqOhRANCAAQzxIHMTZ2hqcFRgvNjSfxnnfsQfhsu
l+P5edbLyhJlAcWSuzI4KJHEiqBsuJuqGr4p+LSq/Wms+iw8XaDXXEN0
-----END PRIVATE KEY-----`;
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBjzCCATagAwIBAgIUZlTG1X0C/b8M5de++Rm3FBsHy/AwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNDE1NTMxOFoYDzIxMjYxMDMx
MTU1MzE4WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQzxIHMTZ2hqcFRgvNjSfxnnfsQfhsul+P5edbLyhJlAcWSuzI4KJHE
iqBsuJuqGr4p+LSq/Wms+iw8XaDXXEN0o2QwYjAdBgNVHQ4EFgQUJYvd8tZd4ur7
IYL5YxVkYVTiSFowHwYDVR0jBBgwFoAUJYvd8tZd4ur7IYL5YxVkYVTiSFowDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
IFdKfImScYIp66afuvbtEHzZ5eed91DyJ3eCK4/aRvJ9AiBVZn36mnIgPNH/+gdt
Q/yN+grW8YL3C4JBfjpnwngTJw==
-----END CERTIFICATE-----`;
