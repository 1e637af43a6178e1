import { connect } from 'node:net';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { errorOf } from './support/browser.ts';
import { portOf } from './support/port-of.ts';
import { startApi, WEB_ORIGIN } from './support/test-api.ts';
import { json, useProvider } from './doubles/test-provider.ts';

const provider = useProvider();

const SAME_SITE = { WEB_ORIGIN, API_ORIGIN: 'https://api.example.com' };
const SERVER_SIDE = { OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback` };
const CROSS_SITE = { WEB_ORIGIN, API_ORIGIN: 'https://api.example.org' };
const LOOPBACK = { WEB_ORIGIN: 'http://localhost:5173', API_ORIGIN: 'http://localhost:3000' };

describe('cookies', () => {
  test.each([
    [
      'same-origin',
      {},
      '__Host-Http-',
      '; Path=/; HttpOnly; Secure; SameSite=Strict',
      '__Host-oneclick-session',
    ],
    ['same-site', SAME_SITE, '__Host-Http-', '; Path=/; HttpOnly; Secure; SameSite=Strict', undefined],
    [
      'cross-site',
      CROSS_SITE,
      '__Host-Http-',
      '; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
      undefined,
    ],
    ['http loopback', LOOPBACK, '', '; Path=/; HttpOnly; SameSite=Lax', 'oneclick-session_3000'],
  ])('%s: each cookie is set and cleared with the same attributes', async (...row) => {
    const [, env, prefix, attributes, hintName] = row;
    const { browser } = await startApi({ env });
    const port = prefix ? '' : '_3000';

    const started = await browser.post(PATHS.start);
    const transaction = {
      name: expect.stringMatching(new RegExp(`^${prefix}tx${port}_[\\w-]{16}$`)),
      attributes,
    };
    // A page that has the host of the API reads the hint of its session, which alone is not HttpOnly.
    const hint = { name: hintName, attributes: attributes.replace('; HttpOnly', '') };
    const session = [{ name: `${prefix}session${port}`, attributes }, ...(hintName ? [hint] : [])];
    const signedOut = { name: `${prefix}signed-out${port}`, attributes };
    expect(cookiesOf(started.headers)).toEqual([transaction]);

    const { authorizationUrl, state } = started.json<{ authorizationUrl: string; state: string }>();
    const exchanged = await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(authorizationUrl),
      state,
    });
    expect(cookiesOf(exchanged.headers)).toEqual([transaction, ...session]);
    expect(cookiesOf((await browser.post(PATHS.refreshToken)).headers)).toEqual(session);

    await browser.start();
    expect(cookiesOf((await browser.post(PATHS.logout)).headers)).toEqual([
      ...session,
      signedOut,
      transaction,
    ]);
    expect(await browser.cookieNames()).toEqual([signedOut.name]);
  });
});

const cookiesOf = (headers: Record<string, unknown>) =>
  [headers['set-cookie'] ?? []].flat().map(String).map(splitCookie);

function splitCookie(header: string) {
  const [, name, attributeText] = /^([^=]+)=[^;]*(;.*)$/.exec(header) ?? [];
  return { name, attributes: attributeText?.replace(/; (?:Max-Age|Expires)=[^;]*/g, '') };
}

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
};

describe('security headers', () => {
  test.each([
    ['GET', PATHS.healthz, 200],
    ['GET', PATHS.readyz, 200],
    ['GET', PATHS.metrics, 200],
    ['GET', PATHS.openapi, 200],
    ['GET', PATHS.serverSideStart, 302],
    ['GET', PATHS.serverSideCallback, 302],
    ['GET', PATHS.sessionUserinfo, 401],
    ['HEAD', PATHS.serverSideCallback, 405],
    ['GET', `${PATHS.docs}/nowhere`, 404],
    ['POST', PATHS.start, 403],
    ['POST', PATHS.identityToken, 403],
    ['GET', PATHS.userinfo, 401],
    ['GET', '/nowhere?token=x', 404],
    ['GET', '//', 404],
    ['GET', '/%2e%2e/', 404],
    ['GET', '/%zz', 400],
    ['OPTIONS', PATHS.start, 405],
    ['OPTIONS', '/nowhere', 404],
    ['DELETE', PATHS.session, 405],
  ] as const)('%s %s answers with the security headers', async (method, url, status) => {
    const { app } = await startApi({ env: SERVER_SIDE });
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject(SECURITY_HEADERS);
  });

  test('the API documentation page may load scripts and styles of its own origin only', async () => {
    const { app } = await startApi();
    for (const url of [PATHS.docs, `${PATHS.docs}/static/swagger-ui.css`]) {
      const { 'content-security-policy': csp, ...headers } = (await app.inject({ url })).headers;
      expect(csp).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(csp).not.toMatch(/unsafe|https?:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
    for (const path of ['..%2f..%2fpackage.json', 'nowhere.css', '../../healthz', '.hidden']) {
      const outside = await app.inject({ url: `${PATHS.docs}/static/${path}` });
      expect(errorOf(outside)).toBe('404 not_found');
    }
  });

  test.each([
    [SAME_SITE, 'same-site', 'max-age=31536000'],
    [CROSS_SITE, 'cross-origin', 'max-age=31536000'],
    [LOOPBACK, 'same-site', undefined],
    [{ WEB_ORIGIN: 'https://localhost:5173' }, 'same-origin', undefined],
    [{ WEB_ORIGIN: 'https://app.localhost' }, 'same-origin', undefined],
    [{ WEB_ORIGIN: 'https://127.0.0.1:5173' }, 'same-origin', undefined],
    [{ WEB_ORIGIN: 'https://[::1]:5173' }, 'same-origin', undefined],
    [{ WEB_ORIGIN: 'https://localhost.example.com' }, 'same-origin', 'max-age=31536000'],
  ])('with %j, Cross-Origin-Resource-Policy and HSTS fit the topology', async (env, corp, hsts) => {
    const { app } = await startApi({ env });
    const { headers } = await app.inject({ url: PATHS.healthz });
    expect(headers['cross-origin-resource-policy']).toBe(corp);
    expect(headers['strict-transport-security']).toBe(hsts);
    expect(headers['vary']).toBe(corp === 'same-origin' ? undefined : 'Origin');
  });
});

test.each([
  ['GET', PATHS.start, 'POST'],
  ['HEAD', PATHS.start, 'POST'],
  ['PUT', PATHS.exchangeToken, 'POST'],
  ['PATCH', PATHS.session, 'POST'],
  ['DELETE', PATHS.logout, 'POST'],
  ['TRACE', PATHS.refreshToken, 'POST'],
  ['POST', PATHS.userinfo, 'GET, HEAD'],
] as const)('%s %s answers 405 and names the allowed methods', async (method, url, allowed) => {
  const { app } = await startApi();
  const response = await app.inject({ method, url, headers: { origin: WEB_ORIGIN, 'x-csrf': '1' } });
  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe(allowed);
  // The answer to HEAD has no body.
  expect(method === 'HEAD' || errorOf(response) === '405 method_not_allowed').toBe(true);
});

test('200 unreadable cookies count as no session and do not prevent a sign-in', async () => {
  const { app } = await startApi();
  const cookie = Array.from(
    { length: 200 },
    (_, i) => `__Host-Http-tx_${String(i).padStart(16, 'a')}=x`,
  ).join('; ');
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', cookie };
  const response = await app.inject({ method: 'POST', url: PATHS.session, headers });
  expect(errorOf(response)).toBe('401 no_session');
  const started = await app.inject({ method: 'POST', url: PATHS.start, headers });
  expect(started.statusCode).toBe(200);
});

test('the API makes its own request id and ignores those in the request headers', async () => {
  const { app, log } = await startApi();
  const response = await app.inject({
    url: '/nowhere',
    headers: { 'request-id': 'evil', 'x-request-id': 'evil' },
  });
  const { request_id } = response.json<{ request_id: string }>();
  expect(request_id).toMatch(/^[\da-f-]{36}$/);
  expect(log.join()).toContain(request_id);
  expect(log.join()).not.toContain('evil');
});

const preflight = (origin: string) => ({
  method: 'OPTIONS' as const,
  url: PATHS.start,
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf' },
});
const warnings = (log: string[]) => log.filter((line) => line.includes('"level":40'));
const corsHeaders = (headers: object) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('CORS', () => {
  test.each([[SAME_SITE], [CROSS_SITE], [LOOPBACK]])(
    'with %j, CORS lets the web app send requests and read the answers',
    async (env) => {
      const { app } = await startApi({ env });
      const response = await app.inject(preflight(env.WEB_ORIGIN));
      expect(response.statusCode).toBe(204);
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': env.WEB_ORIGIN,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers':
          'authorization, content-type, x-csrf, traceparent, tracestate, baggage, sentry-trace',
        'access-control-expose-headers': 'Retry-After, WWW-Authenticate',
        'cache-control': 'no-store',
        vary: 'Origin',
      });
      const refused = await app.inject({
        method: 'POST',
        url: PATHS.start,
        headers: { origin: env.WEB_ORIGIN },
      });
      expect(refused.headers['access-control-allow-origin']).toBe(env.WEB_ORIGIN);
    },
  );

  test.each(['/%zz', '/api/%', '/nowhere', '//'])(
    'CORS lets the web app read the error of the URL %s',
    async (url) => {
      const { app } = await startApi({ env: CROSS_SITE });
      await app.listen({ port: 0, host: '127.0.0.1' });
      const answer = await exchange(
        app,
        `GET ${url} HTTP/1.1\r\nHost: x\r\nOrigin: ${WEB_ORIGIN}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toContain(`access-control-allow-origin: ${WEB_ORIGIN}`);
      expect(answer).toMatch(/"error":"(?:invalid_request|not_found)"/);
    },
  );

  test('a web app and an API on two sites cause one warning at the start', async () => {
    const { log } = await startApi({ env: CROSS_SITE });
    expect(warnings(log)).toEqual([expect.stringMatching(/WEB_ORIGIN and API_ORIGIN .*third-party cookies/)]);
    for (const env of [{}, SAME_SITE, LOOPBACK]) expect(warnings((await startApi({ env })).log)).toEqual([]);
  });

  test.each(['https://evil.example', 'null', `${WEB_ORIGIN}.evil.example`])(
    'CORS lets the origin %s neither send requests nor read answers',
    async (origin) => {
      const { app } = await startApi({ env: CROSS_SITE });
      const answers = [
        await app.inject(preflight(origin)),
        await app.inject({ url: PATHS.healthz, headers: { origin } }),
      ];
      for (const { headers } of answers) expect(corsHeaders(headers)).toEqual([]);
    },
  );

  test('with one origin for web app and API, no answer has CORS headers', async () => {
    const { app } = await startApi();
    expect(corsHeaders((await app.inject(preflight(WEB_ORIGIN))).headers)).toEqual([]);
  });
});

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        parameters?: { name: string; in: string; required?: boolean; schema: object }[];
        responses: Record<string, { description: string }>;
      }
    >
  >;
  components: { schemas: object };
}

test('the OpenAPI document lists every route, and each of its references resolves', async () => {
  const { app } = await startApi({ env: SERVER_SIDE });
  const document = (await app.inject({ url: PATHS.openapi })).json<OpenApi>();
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  const described = Object.values(PATHS).filter((path) => path !== PATHS.docs); // An HTML page.
  expect(Object.keys(document.paths).toSorted()).toEqual(described.toSorted());

  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { responses } of operations) {
    for (const { description } of Object.values(responses)) expect(description).toBeTruthy();
  }
  expect(Object.keys(document.paths[PATHS.exchangeToken]?.['post']?.responses ?? {})).toEqual([
    '200',
    '400',
    '403',
    '409',
    '413',
    '415',
    '429',
    '500',
    '502',
    '503',
    '504',
  ]);

  for (const path of [PATHS.exchangeToken, PATHS.session]) {
    expect(document.paths[path]?.['post']?.parameters).toMatchObject([
      { name: 'include', in: 'query', required: false, schema: { enum: ['userinfo'] } },
    ]);
  }

  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(new Set(references)).toEqual(new Set(Object.keys(document.components.schemas)));
  expect(JSON.stringify(document)).not.toMatch(/"\$ref":"(?!#\/components)/);
});

async function sendRaw(text: string): Promise<string> {
  const { app } = await startApi();
  await app.listen({ port: 0, host: '127.0.0.1' });
  return exchange(app, text);
}

/** Sends a GET over a new connection. Resolves to the raw answer. */
const send = (app: FastifyInstance, path: string) =>
  exchange(app, `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nConnection: close\r\n\r\n`);

async function exchange(app: FastifyInstance, text: string): Promise<string> {
  const socket = connect(portOf(app.server), '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('over a real connection', () => {
  test.each([
    ['a header of 20 KB', `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_480)}\r\n\r\n`, 431],
    ['a bare line feed', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n', 400],
    [
      'Content-Length and Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a folded header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n', 400],
    ['text that is not HTTP', 'hello\r\n\r\n', 400],
    ['no Host in HTTP/1.1', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'an unknown expectation',
      'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\nConnection: close\r\n\r\n',
      400,
    ],
  ])('a raw request with %s is refused with the usual error body', async (_, text, status) => {
    const answer = await sendRaw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
    expect(answer).toContain('"error":"invalid_request"');
  });

  test.each([
    ['HTTP/1.0 without Host', 'GET /healthz HTTP/1.0\r\n\r\n'],
    ['HTTP/1.0 with an unknown expectation', 'GET /healthz HTTP/1.0\r\nExpect: nonsense\r\n\r\n'],
    [
      'Expect: 100-Continue',
      'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n',
    ],
  ])('a raw request with %s is answered', async (_, text) => {
    expect(await sendRaw(text)).toContain('HTTP/1.1 200 OK');
  });

  test('KEEP_ALIVE_SECONDS is told to the client', async () => {
    const { app } = await startApi({ env: { KEEP_ALIVE_SECONDS: '600' } });
    const { headers } = await fetch(`${await app.listen({ port: 0, host: '127.0.0.1' })}/healthz`);
    expect(headers.get('keep-alive')).toBe('timeout=600');
  });

  test('a request with two Authorization headers is refused', async () => {
    const answer = await sendRaw(
      `GET ${PATHS.userinfo} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(provider.resourceRequests).toEqual([]);
  });

  test('on close, an in-flight request finishes and a new one gets 503', async () => {
    const { app } = await startApi();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    provider.resourceAnswer = () => {
      arrived.resolve();
      return answer.promise;
    };
    const inFlight = send(app, PATHS.userinfo);
    await arrived.promise;
    const closing = app.close();
    const refused = await send(app, PATHS.readyz);
    expect(refused).toMatch(/^HTTP\/1.1 503 /);
    expect(refused).toContain('"error":"shutting_down"');
    expect(refused).toMatch(/retry-after: \d/i);
    answer.resolve(json({ id: 7 }));
    expect(await inFlight).toContain('{"id":7}');
    await closing;
  });
});
