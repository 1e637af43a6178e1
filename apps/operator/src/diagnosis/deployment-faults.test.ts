import { beforeEach, describe, expect, test } from 'vitest';
import { createAuthority } from '../../test/certificates.ts';
import { useDeployment, type Fault, type Reply } from '../../test/deployment.ts';
import { resolveExampleHosts } from '../../test/resolve-example-hosts.ts';
import { createSend, NoAnswerError } from '../send.ts';
import { diagnoseDeployment } from './diagnose.ts';
import { REMEDIES, type FindingCode } from './finding.ts';

const deployment = useDeployment();
beforeEach(resolveExampleHosts);

const diagnose = async () => (await diagnoseDeployment(deployment.app)).map(({ code }) => code);

const CALLBACK = '/oauth/callback.html';

/** Changes the replies to one path. */
const at =
  (path: string, change: (reply: Reply) => Partial<Reply>): Fault =>
  (reply, request) =>
    request.path === path ? { ...reply, ...change(reply) } : reply;

const withHeaders = (reply: Reply, headers: Record<string, string | undefined>): Partial<Reply> => ({
  headers: { ...reply.headers, ...headers },
});
const setHeader = (path: string, name: string, value: string | undefined) =>
  at(path, (reply) => withHeaders(reply, { [name]: value }));

const POLICY = 'Content-Security-Policy';
const changePolicy = (change: (policy: string) => string) =>
  at('/', (reply) => withHeaders(reply, { [POLICY]: change(String(reply.headers[POLICY])) }));

const page = (body: string): Partial<Reply> => ({
  status: 200,
  headers: { 'content-type': 'text/html' },
  body,
});
const redirectTo = (location: string): Partial<Reply> => ({ status: 301, headers: { location }, body: '' });

test('a healthy deployment on one origin has no findings', async () => {
  await deployment.plant({});
  expect(await diagnoseDeployment(deployment.app)).toEqual([]);
});

test('a healthy deployment on two subdomains has no findings', async () => {
  await deployment.plant({ isSplit: true });
  expect(await diagnoseDeployment(deployment.app)).toEqual([]);
});

test('an app that redirects to a page of its own has no findings', async () => {
  await deployment.plant({ fault: at('/', () => redirectTo('/index.html')) });
  expect(await diagnose()).toEqual([]);
});

test('an app that redirects to itself: web_redirected', async () => {
  await deployment.plant({ fault: at('/', () => redirectTo('/')) });
  expect(await diagnose()).toEqual(['web_redirected']);
});

test('an opener policy with a parameter has no findings', async () => {
  const policy = 'same-origin-allow-popups; report-to="x"';
  await deployment.plant({ fault: setHeader('/', 'Cross-Origin-Opener-Policy', policy) });
  expect(await diagnose()).toEqual([]);
});

test.each(['/assets/doctor-missing0.js', '/oauth/opening.html', '/api/oauth/exchange-token', '/metrics'])(
  'if %s gives no answer, the other findings stay',
  async (path) => {
    await deployment.plant({
      fault: (reply, request) => ({
        ...setHeader('/', 'X-Content-Type-Options', undefined)(reply, request),
        ...(request.path === '/api/oauth/start' && withHeaders(reply, { 'cache-control': undefined })),
      }),
    });
    const send = createSend();
    const findings = await diagnoseDeployment(deployment.app, {
      send: (url, sending) =>
        url.endsWith(path) ? Promise.reject(new NoAnswerError(url, undefined)) : send(url, sending),
    });
    const codes = findings.map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['api_cached', 'header_missing', 'unreachable']);
  },
);

interface Planted {
  fault: string;
  finding: FindingCode;
  plant: Fault;
  isSplit?: boolean;
}

const FAULTS: Planted[] = [
  // The web app
  { fault: 'the web server answers 403', finding: 'web_not_served', plant: at('/', () => ({ status: 403 })) },
  {
    fault: 'the origin redirects to another host',
    finding: 'web_redirected',
    plant: at('/', () => redirectTo('https://www.app.example.com/')),
  },
  {
    fault: 'a parking page is served',
    finding: 'api_origin_tag_missing',
    plant: at('/', () => page('<p>Welcome to nginx!</p>')),
  },
  {
    fault: "Vite's development server is deployed",
    finding: 'development_server',
    plant: at('/', ({ body }) => page(`<script src="/@vite/client"></script>${String(body)}`)),
  },
  {
    fault: 'the api-origin tag has a path',
    finding: 'api_origin_tag_wrong',
    plant: at('/', ({ body }) => ({
      body: String(body).replace('content=""', 'content="https://x.example/api"'),
    })),
  },
  { fault: 'a page has no policy', finding: 'policy_missing', plant: setHeader('/', POLICY, undefined) },
  {
    fault: 'the policy is that of an earlier build',
    finding: 'policy_blocks_page',
    plant: changePolicy((policy) => policy.replaceAll(/'sha256-[^']+'/g, "'sha256-old='")),
  },
  {
    fault: 'a second policy of a proxy is stricter',
    finding: 'policy_blocks_page',
    plant: changePolicy((policy) => `${policy}, script-src 'self'`),
  },
  {
    fault: 'the policy allows inline scripts',
    finding: 'policy_too_wide',
    plant: changePolicy((policy) => policy.replace('script-src', "script-src 'unsafe-inline'")),
  },
  {
    fault: 'the policy lets other sites frame the app',
    finding: 'policy_too_wide',
    plant: changePolicy((policy) => policy.replace("frame-ancestors 'none'; ", '')),
  },
  {
    fault: "connect-src lacks the API's origin",
    finding: 'policy_blocks_api',
    isSplit: true,
    plant: changePolicy((policy) => policy.replace(/connect-src[^;]+/, "connect-src 'self'")),
  },
  {
    fault: 'the app is cut off from its windows',
    finding: 'opener_policy_cuts_window',
    plant: setHeader('/', 'Cross-Origin-Opener-Policy', 'same-origin'),
  },
  {
    fault: 'the app is cut off from its windows, with a parameter',
    finding: 'opener_policy_cuts_window',
    plant: setHeader('/', 'Cross-Origin-Opener-Policy', 'same-origin; report-to="x"'),
  },
  {
    fault: 'nosniff is missing',
    finding: 'header_missing',
    plant: setHeader('/', 'X-Content-Type-Options', undefined),
  },
  {
    fault: 'the app is cached for an hour',
    finding: 'page_cached',
    plant: setHeader('/', 'Cache-Control', 'max-age=3600'),
  },
  {
    fault: 'assets are not cached',
    finding: 'asset_not_cached',
    plant: (reply, { path }) =>
      path.startsWith('/assets/') && reply.status === 200
        ? { ...reply, ...withHeaders(reply, { 'Cache-Control': 'no-cache' }) }
        : reply,
  },
  {
    fault: 'the assets of another build are deployed',
    finding: 'asset_missing',
    plant: (reply, { path }) =>
      path.startsWith('/assets/') ? { ...reply, status: 404, headers: {} } : reply,
  },
  {
    fault: 'the fallback to index.html answers for missing assets',
    finding: 'missing_asset_answered',
    plant: (reply, { path }) =>
      reply.status === 404 && path.endsWith('.js') ? { ...reply, ...page('<p>App') } : reply,
  },
  {
    fault: 'the 404 of an asset is cached for a year',
    finding: 'missing_asset_cached',
    plant: (reply, { path }) =>
      reply.status === 404 && path.startsWith('/assets/')
        ? { ...reply, headers: { 'cache-control': 'public, max-age=31536000, immutable' } }
        : reply,
  },

  // The pages of the sign-in window
  {
    fault: 'the callback page is not deployed',
    finding: 'window_page_missing',
    plant: at(CALLBACK, () => ({ status: 404, body: '' })),
  },
  {
    fault: 'a clean-URL rule redirects the callback page',
    finding: 'window_page_redirected',
    plant: at(CALLBACK, () => redirectTo('/oauth/callback')),
  },
  {
    fault: 'the fallback to index.html answers for the callback page',
    finding: 'window_page_answered_by_app',
    plant: at(CALLBACK, () => page('<meta name="api-origin" content=""><p>App')),
  },
  {
    fault: 'the fallback to index.html answers for the opening page',
    finding: 'window_page_answered_by_app',
    plant: at('/oauth/opening.html', () => page('<meta name="api-origin" content=""><p>App')),
  },
  {
    fault: 'a CDN adds a script to the callback page',
    finding: 'window_page_changed',
    plant: at(CALLBACK, ({ body }) => ({
      body: `${String(body)}<script src="https://cdn.example/rum.js"></script>`,
    })),
  },
  {
    fault: 'a CDN rewrites the script of the callback page',
    finding: 'policy_blocks_page',
    plant: at(CALLBACK, ({ body }) => ({ body: String(body).replace('<script>', '<script> ') })),
  },
  {
    fault: 'the callback page has an opener policy',
    finding: 'opener_policy_cuts_window',
    plant: setHeader(CALLBACK, 'Cross-Origin-Opener-Policy', 'same-origin-allow-popups'),
  },
  {
    fault: 'the callback page is cached',
    finding: 'window_page_cached',
    plant: setHeader(CALLBACK, 'Cache-Control', 'public, max-age=600'),
  },
  {
    fault: 'a CDN answers with an older callback page',
    finding: 'window_page_cached',
    plant: setHeader(CALLBACK, 'Age', '120'),
  },
  {
    fault: 'the callback page tells its address to other sites',
    finding: 'window_page_referrer',
    plant: setHeader(CALLBACK, 'Referrer-Policy', 'unsafe-url'),
  },
  {
    fault: 'the callback page names another API than the app',
    finding: 'api_origin_tag_wrong',
    isSplit: true,
    plant: at(CALLBACK, ({ body }) => ({
      body: String(body).replace(/(name="api-origin" content=)"[^"]*"/, '$1""'),
    })),
  },

  // The API
  {
    fault: 'the API is down behind its proxy',
    finding: 'api_not_running',
    plant: at('/api/oauth/start', () => ({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<h1>502',
    })),
  },
  {
    fault: 'the fallback to index.html answers for the API',
    finding: 'api_not_forwarded',
    plant: at('/api/oauth/start', () => page('<p>App')),
  },
  {
    fault: 'a proxy drops Set-Cookie',
    finding: 'cookie_dropped',
    plant: setHeader('/api/oauth/start', 'set-cookie', undefined),
  },
  {
    fault: 'a proxy adds a Domain to cookies',
    finding: 'cookie_changed',
    plant: at('/api/oauth/start', ({ headers }) => ({
      headers: {
        ...headers,
        'set-cookie': [headers['set-cookie'] ?? ''].flat().map((each) => `${each}; Domain=example.com`),
      },
    })),
  },
  {
    fault: 'a CDN caches the API',
    finding: 'api_cached',
    plant: setHeader('/api/oauth/start', 'cache-control', 'public, max-age=60'),
  },
  {
    fault: 'a proxy answers preflights itself',
    finding: 'preflight_refused',
    isSplit: true,
    plant: (reply, { method }) => (method === 'OPTIONS' ? { status: 405, headers: {}, body: '' } : reply),
  },
  {
    fault: 'a proxy adds CORS headers to those of the API',
    finding: 'cors_refused',
    isSplit: true,
    plant: (reply, { method }) =>
      method === 'POST'
        ? { ...reply, ...withHeaders(reply, { 'access-control-allow-origin': '*, *' }) }
        : reply,
  },
  {
    fault: 'the API answers an error',
    finding: 'api_error',
    plant: at('/api/oauth/start', () => ({
      status: 500,
      body: JSON.stringify({
        error: 'internal_error',
        error_description: 'x',
        request_id: '1',
        retryable: false,
      }),
    })),
  },
  {
    fault: 'the clock of the server is slow',
    finding: 'clock_differs',
    plant: setHeader('/api/oauth/start', 'date', new Date(Date.now() - 600_000).toUTCString()),
  },
  {
    fault: 'the metrics are public',
    finding: 'metrics_public',
    plant: at('/metrics', () => ({ status: 200, headers: {}, body: '# HELP errors_total' })),
  },
  {
    fault: 'the documentation of the API is public',
    finding: 'documentation_public',
    plant: at('/api/openapi.json', () => ({ status: 200, headers: {}, body: '{"openapi": "3.1.0"}' })),
  },
];

const NAMED_FAULTS = FAULTS.map((each) => [`${each.fault}: ${each.finding}`, each] as const);

test.each(NAMED_FAULTS)('%s', async (_name, { finding, plant, isSplit = false }) => {
  await deployment.plant({ fault: plant, isSplit });
  const findings = await diagnoseDeployment(deployment.app);
  expect(findings.map(({ code }) => code)).toEqual([finding]);
  for (const { code, remedy } of findings) expect(remedy).toBe(REMEDIES[code]);
});

describe('the API is configured for another deployment', () => {
  test.each([
    [{ WEB_ORIGIN: 'https://other.example.com' }, ['web_origin_refused']],
    [{ API_ORIGIN: 'https://api.example.com' }, ['api_origin_wrong']],
    [{ OAUTH_REDIRECT_URI: 'https://app.example.com/callback' }, ['redirect_uri_wrong']],
  ])('%j: %j', async (api, codes) => {
    const own = deployment.app.origin;
    const withPort = Object.fromEntries(
      Object.entries(api).map(([name, value]) => [name, value.replace('https://app.example.com', own)]),
    );
    await deployment.plant({ api: withPort });
    expect(await diagnose()).toEqual(codes);
  });
});

test.each([
  ['x-csrf', 'header_dropped'],
  ['cookie', 'request_cookie_dropped'],
])('a proxy that drops the request header %s: %s', async (dropsRequestHeader, code) => {
  await deployment.plant({ dropsRequestHeader });
  expect(await diagnose()).toEqual([code]);
});

test('an app below a path whose window pages are below it, too: app_under_sub_path', async () => {
  await deployment.plant({ isBelow: '/shop/' });
  const findings = await diagnoseDeployment(new URL('/shop/', deployment.app));
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['app_under_sub_path']));
});

const answerWithAppBelow: Fault = (reply, { path }) =>
  path.startsWith('/shop/oauth/')
    ? { ...reply, ...page('<meta name="api-origin" content=""><p>App') }
    : reply;

test('an app below a path whose fallback answers for every page: window_page_missing', async () => {
  await deployment.plant({ isBelow: '/shop/', fault: answerWithAppBelow });
  const findings = await diagnoseDeployment(new URL('/shop/', deployment.app));
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['window_page_missing']));
});

test('an app below a path whose window pages are at the root has no findings', async () => {
  await deployment.plant({ isBelow: '/shop/', hasWindowPagesAtRoot: true });
  expect(await diagnoseDeployment(new URL('/shop/', deployment.app))).toEqual([]);
});

const DAY_MS = 86_400_000;

const issueFor = (validity: { fromDays: number; toDays: number }) => ({
  notBeforeDate: new Date(Date.now() + validity.fromDays * DAY_MS),
  notAfterDate: new Date(Date.now() + validity.toDays * DAY_MS),
});

describe('certificates', () => {
  test.each<[FindingCode, { host?: string; notBeforeDate?: Date; notAfterDate?: Date }]>([
    ['certificate_expired', issueFor({ fromDays: -90, toDays: -1 })],
    ['certificate_expires_soon', issueFor({ fromDays: -85, toDays: 5 })],
    ['certificate_not_yet_valid', issueFor({ fromDays: 2, toDays: 90 })],
    ['certificate_for_another_name', { host: 'www.example.com' }],
  ])('%s', async (code, options) => {
    await deployment.plant({ certificate: await deployment.authority().issue(options) });
    expect(await diagnose()).toEqual([code]);
  });

  test('the server sends no intermediate certificate: certificate_chain_incomplete', async () => {
    const intermediate = await createAuthority('Intermediate CA', deployment.authority());
    const { key, cert } = await intermediate.issue();
    await deployment.plant({ certificate: { key, cert } });
    expect(await diagnose()).toEqual(['certificate_chain_incomplete']);
    await deployment.plant({ certificate: { key, cert: `${cert}\n${intermediate.cert}` } });
    expect(await diagnose()).toEqual([]);
  });

  test('the certificate is of an authority that nobody knows: certificate_not_trusted', async () => {
    const unknown = await createAuthority('Unknown CA');
    const { key, cert } = await unknown.issue();
    await deployment.plant({ certificate: { key, cert: `${cert}\n${unknown.cert}` } });
    expect(await diagnose()).toEqual(['certificate_not_trusted']);
  });
});

test('a host that does not answer: unreachable', async () => {
  expect(await diagnoseDeployment(new URL('https://app.example.com:9'))).toMatchObject([
    { code: 'unreachable', problem: 'https://app.example.com:9 does not answer: nothing listens there.' },
  ]);
});
