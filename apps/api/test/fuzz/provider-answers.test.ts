import { TokenResponse, TopupResponse, Userinfo } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { httpAnswer, startFaultyProvider, type Fault } from '../doubles/faulty-provider.ts';
import { startApi } from '../support/test-api.ts';
import { anyJson, anyText, CANARY, headerText, marked, TIMEOUT_MS } from './arbitraries.ts';
import { codeOf, expectProtected } from './expect-protected.ts';

const PROVIDER = 'https://pay.example';

/** Uses a socket, because an HTTP server would refuse to send some of the headers. */
async function start() {
  const provider = await startFaultyProvider();
  const env = { OAUTH_PROVIDER: provider.url, TOPUP_HOSTS: 'pay.example', LOG_LEVEL: 'trace' };
  return { provider, ...(await startApi({ env })) };
}

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  { weight: 2, arbitrary: fc.constantFrom(400, 401, 403, 429, 500, 503, 302, 204, 201, 404, 418) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
);
const answerHeaders = fc.record(
  {
    'content-type': fc.oneof(fc.constantFrom('application/json', 'text/html', 'text/plain'), headerText),
    'retry-after': fc.oneof(fc.integer().map(String), headerText),
    'www-authenticate': marked(headerText),
    'set-cookie': marked(headerText),
    'x-provider': marked(headerText),
  },
  { requiredKeys: [] },
);
const answerOf = (json: fc.Arbitrary<unknown>) =>
  fc.record({
    status,
    headers: answerHeaders,
    body: fc.oneof(
      { weight: 5, arbitrary: json.map((value) => JSON.stringify(value) ?? '') },
      { weight: 1, arbitrary: fc.oneof(marked(anyText), fc.constantFrom('', '{"', '[1e309]', '\uFEFF{}')) },
    ),
  });
interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}
const answering =
  ({ status: code, headers, body }: Answer): Fault =>
  (socket) =>
    socket.end(httpAnswer(body, { status: `${code} ${CANARY}`, ...headers }));

const tokenJson = fc.oneof(
  fc.record(
    {
      access_token: fc.oneof(fc.constant('good'), anyJson),
      token_type: fc.oneof(fc.constantFrom('Bearer', 'bearer', 'mac', 'DPoP'), anyJson),
      expires_in: fc.oneof(fc.constantFrom(7200, '7200', 0, -1, 1e12, 1e300), fc.double(), anyJson),
      refresh_token: fc.oneof(fc.constant('refresh'), anyJson),
      scope: fc.oneof(fc.constant('profile'), anyJson),
      id_token: anyJson,
      error: fc.oneof(
        fc.constantFrom('invalid_grant', 'invalid_client', 'invalid_request'),
        marked(anyText),
        anyJson,
      ),
      error_description: marked(anyText),
      [CANARY]: marked(anyText),
    },
    { requiredKeys: ['error_description'] },
  ),
  fc.record({ access_token: fc.constant('good'), token_type: fc.constant('Bearer'), [CANARY]: anyJson }),
  anyJson,
);

test(
  'any token response yields valid tokens or an error, at exchange and at refresh',
  async () => {
    const { provider, newBrowser, log } = await start();
    const signedIn = newBrowser();
    const signIn = async () => {
      provider.fault = undefined;
      const { state } = await signedIn.start();
      await signedIn.post(PATHS.exchangeToken, { code: 'code', state });
    };
    await signIn();
    await fc.assert(
      fc.asyncProperty(answerOf(tokenJson), async (answer) => {
        log.length = 0;
        const browser = newBrowser();
        const { state } = await browser.start();
        provider.fault = answering(answer);
        const exchanged = await browser.post(PATHS.exchangeToken, { code: 'code', state });
        const refreshed = await signedIn.post(PATHS.refreshToken);
        for (const response of [exchanged, refreshed]) {
          expectProtected(response);
          const isError = codeOf(response) !== undefined;
          const isGood = v.safeParse(v.strictObject(TokenResponse.entries), response.json()).success;
          expect(isGood).toBe(!isError);
          expect(response.body + JSON.stringify(response.headers)).not.toContain(CANARY);
        }
        expect(log.join('')).not.toContain(CANARY);
        if (refreshed.statusCode === 401 || (await signedIn.cookieNames()).length === 0) {
          await signIn();
        }
        // The transaction has ended in any case.
        expect((await browser.cookieNames()).filter((name) => name.includes('tx_'))).toEqual([]);
      }),
    );
  },
  TIMEOUT_MS,
);

const userinfoJson = fc.oneof(
  fc.record(
    {
      id: fc.oneof(fc.integer(), anyJson),
      username: anyJson,
      email: anyJson,
      quota: anyJson,
      used_quota: anyJson,
      balance_formatted: anyJson,
      created_time: anyJson,
      status: anyJson,
      [CANARY]: anyJson,
    },
    { requiredKeys: [] },
  ),
  fc.record({ id: fc.integer(), username: anyText, [CANARY]: anyJson }),
  anyJson,
);
const link = fc.oneof(
  anyJson,
  fc.webUrl({ withQueryParameters: true }),
  fc.webPath().map((path) => PROVIDER + path),
  anyText.map((text) => `${PROVIDER}/${text}`),
  anyText.map((text) => PROVIDER + text),
);
const topupJson = fc.oneof(fc.record({ topup_url: link, [CANARY]: anyJson }), anyJson);

test.each([
  [PATHS.userinfo, userinfoJson, v.strictObject(Userinfo.entries)],
  [PATHS.topup, topupJson, v.strictObject(TopupResponse.entries)],
] as const)(
  'any answer of the provider to %s yields a valid answer or an error',
  async (path, json, schema) => {
    const { provider, browser, log } = await start();
    await fc.assert(
      fc.asyncProperty(answerOf(json), async (answer) => {
        log.length = 0;
        provider.fault = answering(answer);
        const response = await browser.get(path, 'token');
        expectProtected(response);
        const isError = codeOf(response) !== undefined;
        expect(v.safeParse(schema, response.json()).success).toBe(!isError);
        expect(response.body + JSON.stringify(response.headers) + log.join('')).not.toContain(CANARY);
      }),
    );
  },
  TIMEOUT_MS,
);
