import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request that reached a server of the measured system. */
export interface RecordedRequest {
  from: 'browser' | 'server';
  to: 'app' | 'provider';
  method: string;
  /** Without the query, which may hold a code. The parameter `include` of our API stays. */
  path: string;
  /** Milliseconds since 1970, as `performance.timeOrigin + performance.now()` gives them in a page. */
  startedAt: number;
  /** Undefined until the response has been sent. */
  endedAt: number | undefined;
}

/** Records the requests to several servers of this process. */
export interface Recorder {
  /** In the order of their arrival. A caller may empty the list. */
  requests: RecordedRequest[];
  /** Awaited before a request is answered. */
  beforeAnswer: (request: RecordedRequest) => Promise<unknown> | undefined;
  /** Starts a server on a free port and returns its origin. */
  listen: (to: RecordedRequest['to'], answer: Answer) => Promise<string>;
  close: () => Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export function createRecorder(): Recorder {
  const servers: Server[] = [];
  const recorder: Recorder = {
    requests: [],
    beforeAnswer: () => undefined,

    async listen(to, answer) {
      const server = createServer((request, response) => {
        const record = recordOf(request, to);
        recorder.requests.push(record);
        response.once('finish', () => (record.endedAt = now()));
        void Promise.resolve(recorder.beforeAnswer(record)).then(() => answer(request, response));
      });
      server.keepAliveTimeout = 60_000;
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      return `http://localhost:${typeof address === 'object' ? address?.port : undefined}`;
    },

    async close() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
  return recorder;
}

function recordOf({ method = '', url = '/', headers }: IncomingMessage, to: RecordedRequest['to']) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const include = searchParams.get('include');
  const record: RecordedRequest = {
    // Browsers send this header with every request to localhost, Node.js with none.
    from: headers['sec-fetch-site'] === undefined ? 'server' : 'browser',
    to,
    method,
    path: pathname + (include === null ? '' : `?include=${include}`),
    startedAt: now(),
    endedAt: undefined,
  };
  return record;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
