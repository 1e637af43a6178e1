import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';

/** What goes wrong with a request. */
export type WireFault =
  /** Its answer comes, and comes late. */
  | { delayMs: number }
  /** Somebody else answers, with a page or with JSON; it never arrives. */
  | { status: number; html?: string; json?: object }
  /** The connection ends before it arrives. */
  | 'reset'
  /** It arrives, and the connection ends within the answer. */
  | 'cut'
  /** It never arrives, and the connection stays open. */
  | 'hang';

export interface FaultProxy {
  /** Where to reach the server by way of this proxy. */
  origin: string;
  /** From now on this goes wrong with every request to the path; for `everywhere`, with all that have no fault of their own. */
  break: (path: string, fault: WireFault) => void;
  /** Everything goes well again. */
  mend: () => void;
  close: () => Promise<void>;
}

/** Stands in front of a server, and passes everything on as it is until it is told otherwise. */
export async function startFaultProxy({ target }: { target: string }): Promise<FaultProxy> {
  const faults = new Map<string, WireFault>();
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
