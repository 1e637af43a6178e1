import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';

/** A fault that the proxy applies to a request. */
export type WireFault =
  /** The response is delayed. */
  | { delayMs: number }
  /** The proxy answers with HTML or JSON. The server does not receive the request. */
  | { status: number; html?: string; json?: object }
  /** The proxy closes the connection before the server receives the request. */
  | 'reset'
  /** The server receives the request, and the proxy closes the connection within the response. */
  | 'cut'
  /** The server does not receive the request, and the connection stays open. */
  | 'hang';

export interface FaultProxy {
  /** The origin of the proxy. */
  origin: string;
  /** Applies the fault to all requests to this path. `everywhere` means all paths without a fault of their own. */
  break: (path: string, fault: WireFault) => void;
  /** The requests that the server has received since the list was emptied. */
  received: IncomingMessage[];
  /** Removes all faults. */
  mend: () => void;
  close: () => Promise<void>;
}

/** Starts a proxy that forwards everything to the server unchanged until `break` is called. */
export async function startFaultProxy({ target }: { target: string }): Promise<FaultProxy> {
  const faults = new Map<string, WireFault>();
  const received: IncomingMessage[] = [];
  const agent = new Agent({ keepAlive: true });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    const fault = faults.get(path) ?? faults.get('everywhere');
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.destroy();
    if (typeof fault === 'object' && 'status' in fault) {
      const { status, json, html = '<h1>Something went wrong</h1>' } = fault;
      response.writeHead(status, { 'Content-Type': json ? 'application/json' : 'text/html' });
      return void response.end(json ? JSON.stringify(json) : html);
    }
    received.push(request);
    const upstream = forward(new URL(request.url ?? '/', target), {
      agent,
      method: request.method,
      headers: request.headers,
    });
    request.pipe(upstream);
    const [answer]: IncomingMessage[] = await once(upstream, 'response');
    if (!answer) return;
    if (typeof fault === 'object') await delay(fault.delayMs);
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    if (fault === 'cut') {
      response.flushHeaders();
      request.socket.end();
      answer.resume();
    } else answer.pipe(response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://localhost:${port}`,
    received,
    break: (path, fault) => void faults.set(path, fault),
    mend: () => faults.clear(),
    async close() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
