import { once } from 'node:events';
import { request as forward, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { generate } from 'selfsigned';

/** A reverse proxy with https and one host name for each part, as in a deployment. */
export interface HttpsFront {
  appOrigin: string;
  apiOrigin: string;
  /** Sets the origins to which the proxy forwards. */
  forwardTo: (targets: { web: string; api: string }) => void;
  close: () => void;
}

/** Starts the proxy. Host names below `localhost` need no DNS, because browsers resolve them to this machine. */
export async function startHttpsFront(hosts: { app: string; api: string }): Promise<HttpsFront> {
  let targets: { web: string; api: string } | undefined;
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const server: Server = createServer({ key, cert }, (request, response) => {
    const isForTheApi = hosts.api !== hosts.app && request.headers.host?.startsWith(`${hosts.api}:`) === true;
    const target = new URL(request.url ?? '/', isForTheApi ? targets?.api : targets?.web);
    const upstream = forward(target, {
      method: request.method,
      headers: { ...request.headers, host: target.host, 'accept-encoding': 'identity' },
    });
    request.pipe(upstream);
    upstream.once('error', () => response.destroy());
    upstream.once('response', (answer) => {
      const isPage = !isForTheApi && answer.headers['content-type']?.startsWith('text/html') === true;
      if (isPage && hosts.api !== hosts.app) return void sendPage(answer);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });

    /** Writes the API's origin into the page and into its Content-Security-Policy, as a deployment does. */
    async function sendPage(answer: IncomingMessage): Promise<void> {
      const page = await text(answer);
      const policy = String(answer.headers['content-security-policy']);
      response.writeHead(answer.statusCode ?? 502, {
        'content-type': 'text/html',
        'cross-origin-opener-policy': answer.headers['cross-origin-opener-policy'],
        'content-security-policy': policy.replace("connect-src 'self'", `connect-src 'self' ${apiOrigin}`),
      });
      response.end(
        page.replace('<meta name="api-origin" content=""', `<meta name="api-origin" content="${apiOrigin}"`),
      );
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const apiOrigin = `https://${hosts.api}:${port}`;

  return {
    appOrigin: `https://${hosts.app}:${port}`,
    apiOrigin,
    forwardTo: (where) => void (targets = where),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
