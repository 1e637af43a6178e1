import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PATHS } from '@oneclick/shared/paths';
import { Agent, request as send } from 'undici';

/*
 * The smallest server with the routes of the API, as the baseline of the bench. It adds the client secret, stores the
 * refresh token in a cookie and passes on the rest. It checks, seals, logs and limits nothing.
 */

const [provider = ''] = process.argv.slice(2);
const dispatcher = new Agent({ keepAliveTimeout: 30_000, connections: 128 });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of body) text += chunk.toString();
  return text;
}

async function grant(response: ServerResponse, parameters: Record<string, string>): Promise<void> {
  const granted = await send(`${provider}/api/oauth2/token`, {
    dispatcher,
    method: 'POST',
    headers: FORM,
    body: new URLSearchParams({
      ...parameters,
      client_id: 'client_1',
      client_secret: 'bench-client-secret',
    }).toString(),
  });
  const { refresh_token, ...tokens }: Record<string, string> = JSON.parse(await granted.body.text());
  reply(response, JSON.stringify(tokens), { 'set-cookie': `session=${refresh_token}; HttpOnly; Path=/` });
}

function reply(response: ServerResponse, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (request.url ?? '') {
    case PATHS.start: {
      const state = randomBytes(32).toString('base64url');
      request.resume();
      return reply(
        response,
        JSON.stringify({ authorizationUrl: `${provider}/api/oauth2/authorize?state=${state}`, state }),
        { 'set-cookie': `state=${state}; HttpOnly; Path=/` },
      );
    }
    case PATHS.exchangeToken: {
      const { code }: { code: string } = JSON.parse(await readText(request));
      return grant(response, { grant_type: 'authorization_code', code });
    }
    case PATHS.refreshToken: {
      request.resume();
      const [, refreshToken = ''] = /session=([^;]*)/.exec(request.headers.cookie ?? '') ?? [];
      return grant(response, { grant_type: 'refresh_token', refresh_token: refreshToken });
    }
    case PATHS.healthz:
      return reply(response, '{"status":"ok"}');
    default: {
      const { authorization = '' } = request.headers;
      const userinfo = await send(`${provider}/api/oauth2/userinfo`, {
        dispatcher,
        headers: { authorization },
      });
      return reply(response, await userinfo.body.text());
    }
  }
}

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');
