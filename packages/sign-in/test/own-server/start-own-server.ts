import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createIdentify } from './identify.ts';

interface OwnServerOptions {
  apiOrigin: string;
  audience: string;
  /** The origin whose pages may read the answers. */
  webOrigin?: string;
}

/** A server of the app, on an origin of its own. It answers who has sent the request, or refuses the request. */
export interface OwnServer {
  origin: string;
  /** The requests without the preflights, in order. */
  requests: { method: string; url: string; authorization: string | undefined }[];
  /** Makes the server refuse this many of the next requests, as if their tokens had expired. */
  refuse: (count: number) => void;
  stop: () => Promise<void>;
}

/** Without `Access-Control-Expose-Headers`, a page can't read why a token was refused. */
const CORS = {
  'Access-Control-Allow-Headers': 'authorization, content-type',
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Expose-Headers': 'WWW-Authenticate',
};

/** Answers `/redirect?to=<url>` with a redirect, and every other path with the user, the method and the body. */
export async function startOwnServer({
  apiOrigin,
  audience,
  webOrigin = '',
}: OwnServerOptions): Promise<OwnServer> {
  const identify = createIdentify({ apiOrigin, audience });
  const requests: OwnServer['requests'] = [];
  let refusals = 0;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    response.setHeaders(new Headers({ ...CORS, 'Access-Control-Allow-Origin': webOrigin }));
    if (method === 'OPTIONS') return void response.writeHead(204).end();

    const body = await text(request);
    requests.push({ method, url, authorization: headers.authorization });
    const { pathname, searchParams } = new URL(url, 'http://own.example');
    if (pathname === '/redirect') {
      return void response.writeHead(307, { Location: searchParams.get('to') ?? '' }).end();
    }
    refusals -= 1;
    const user = refusals < 0 ? await identify(headers.authorization).catch(() => undefined) : undefined;
    if (user === undefined) {
      return void response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
    }
    response.end(JSON.stringify({ user, method, body }));
  }

  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    refuse: (count) => void (refusals = count),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
