import { once } from 'node:events';
import { connect } from 'node:net';
import { PATHS } from '@oneclick/shared/paths';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { portOf } from '../support/port-of.ts';
import { startApi, WEB_ORIGIN } from '../support/test-api.ts';
import { anyJson, anyText, CANARY, headerText, latin1, marked, TIMEOUT_MS } from './arbitraries.ts';
import { codeOf, expectProtected } from './expect-protected.ts';

const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'] as const;
const ENV = {
  OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback`,
  OAUTH_PROVIDER: 'http://127.0.0.1:1', // No server listens there.
};

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Object.values(PATHS)) },
  { weight: 1, arbitrary: fc.webPath().map((value) => `/${CANARY}${value}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('//', '/%2e%2e/', '/%', '/api/oauth/..%2fstart', `/${'a'.repeat(3000)}`),
  },
);
const query = fc.option(
  fc.dictionary(
    fc.constantFrom('code', 'state', 'error', 'access_token', 'return_to', 'url', '__proto__', 'code[]'),
    marked(anyText).map(encodeText),
  ),
  { nil: {} },
);
const body = fc.option(
  fc.oneof(
    { weight: 1, arbitrary: marked(anyText) },
    { weight: 3, arbitrary: anyJson.map((value) => JSON.stringify({ [CANARY]: value })) },
    {
      weight: 6,
      arbitrary: fc
        .record(
          {
            code: fc.oneof(marked(anyText), anyJson),
            state: fc.oneof(fc.constant('s'.repeat(43)), marked(anyText), anyJson),
            error: fc.oneof(fc.constant('access_denied'), marked(anyText), anyJson),
            redirect_uri: marked(anyText),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    },
  ),
  { nil: undefined },
);
const often = <T>(usual: T, unusual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });
const headers = fc.record(
  {
    origin: often(WEB_ORIGIN, marked(headerText)),
    'x-csrf': often('1', marked(headerText)),
    'content-type': often('application/json', marked(headerText)),
    authorization: often(
      'Bearer canary7',
      fc.oneof(
        marked(headerText),
        headerText.map((value) => `Bearer ${value}`),
      ),
    ),
    cookie: fc.oneof(
      marked(headerText),
      fc
        .constantFrom(
          '__Host-Http-session',
          '__Host-Http-tx_aaaaaaaaaaaaaaaa',
          '__Host-Http-signed-out',
          '__proto__',
        )
        .chain((name) => headerText.map((value) => `${name}=${CANARY}${value}`)),
    ),
    'sec-fetch-site': often('same-origin', marked(headerText)),
    'sec-fetch-mode': often('cors', marked(headerText)),
    'user-agent': marked(headerText),
    'x-forwarded-for': marked(headerText),
    'x-forwarded-host': marked(headerText),
    'content-encoding': often('identity', marked(headerText)),
    host: marked(headerText),
  },
  { requiredKeys: ['origin', 'x-csrf', 'content-type'] },
);
const method = fc.constantFrom(...METHODS);

test(
  'any method, path, query, header, cookie and body yields a protected answer without echo',
  async () => {
    const { app, log } = await startApi({ env: { ...ENV, LOG_LEVEL: 'trace' } });
    const request = fc.record({ method, path, query, headers, body }, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        log.length = 0;
        const search = new URLSearchParams(Object.entries(given.query)).toString();
        const response = await app.inject({
          method: given.method,
          url: given.path + (search && `?${search}`),
          headers: given.headers,
          ...(given.body !== undefined && { body: given.body }),
        });
        expectProtected(response);
        codeOf(response);
        const output = response.body + JSON.stringify(response.headers) + log.join('');
        expect(output).not.toContain(CANARY);
      }),
      { numRuns: 1500 },
    );
  },
  TIMEOUT_MS,
);

test(
  'any bytes on a connection yield an HTTP answer below 500 without echo',
  async () => {
    const { app, log } = await startApi({ env: ENV, requestTimeoutMs: 2000 });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const port = portOf(app.server);
    const line = fc.oneof(
      fc.constantFrom(
        `POST ${PATHS.exchangeToken} HTTP/1.1`,
        `GET ${PATHS.userinfo} HTTP/1.1`,
        'Host: x',
        `Origin: ${WEB_ORIGIN}`,
        'X-CSRF: 1',
        'Content-Type: application/json',
        'Content-Length: 5',
        'Content-Length: -1',
        'Transfer-Encoding: chunked',
        'Expect: 100-continue',
        'Upgrade: h2c',
        'Connection: close',
        '',
      ),
      marked(fc.string({ unit: latin1(), maxLength: 40 })),
    );
    const start = fc.constantFrom('GET /healthz HTTP/1.1\r\n', `POST ${PATHS.start} HTTP/1.1\r\n`, '');
    const text = fc
      .tuple(start, fc.array(line, { maxLength: 8 }))
      .map(([first, lines]) => first + lines.join('\r\n'));
    await fc.assert(
      fc.asyncProperty(text, async (sent) => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.on('data', (data) => (answer += String(data)));
        socket.on('error', () => {}); // The API may reset the connection.
        socket.end(`${sent}\r\n\r\n`, 'latin1');
        await once(socket, 'close');
        expect(answer).toMatch(/^(?:HTTP\/1\.1 [1-4]\d\d |$)/);
        expect(answer + log.join('')).not.toContain(CANARY);
      }),
      { numRuns: 200 },
    );
    expect((await app.inject({ url: PATHS.healthz })).statusCode).toBe(200);
  },
  TIMEOUT_MS,
);

/** Replaces lone surrogates, which cannot occur in an address. */
function encodeText(text: string): string {
  return text.toWellFormed();
}
