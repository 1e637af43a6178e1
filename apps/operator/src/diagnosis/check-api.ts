import { computeTopology } from '@oneclick/api/topology';
import { isLoopback } from '@oneclick/shared/is-loopback';
import { ErrorResponse, StartResponse } from '@oneclick/shared/messages';
import { CSRF_HEADER, PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { describeAnswer, type Answer, type Send } from '../send.ts';
import { checkClock } from './check-clock.ts';
import { redirectUriWrong } from './check-configuration.ts';
import { finding, type Finding } from './finding.ts';
import { parseJson } from '../parse-json.ts';
import { reportNoAnswer } from './report-no-answer.ts';

interface Api {
  webOrigin: string;
  apiOrigin: string;
  send: Send;
}

/** Sends the requests that a page of this web origin sends, and looks for what the internet should not see. */
export async function checkApi(api: Api): Promise<Finding[]> {
  const { webOrigin, apiOrigin } = api;
  const findings = await checkStart(api);
  // Another answer than the API's says nothing about CORS.
  const isApi = !findings.some(({ code }) => code === 'api_not_running' || code === 'api_not_forwarded');
  if (isApi && webOrigin !== apiOrigin) findings.push(...(await reportNoAnswer(checkPreflight(api))));
  if (!isLoopback(new URL(apiOrigin).hostname)) findings.push(...(await checkExposure(api)));
  return findings;
}

/** Starts a transaction, and ends it. */
async function checkStart({ webOrigin, apiOrigin, send }: Api): Promise<Finding[]> {
  const url = apiOrigin + PATHS.start;
  const topology = computeTopology([webOrigin], apiOrigin);
  const headers = {
    origin: webOrigin,
    'content-type': 'application/json',
    [CSRF_HEADER.name]: CSRF_HEADER.value,
    'sec-fetch-mode': 'cors',
  };
  const start = (more: Record<string, string> = {}) =>
    send(url, { method: 'POST', headers: { ...headers, ...more }, body: '{}' });
  const fromPage = { 'sec-fetch-site': topology.relation };
  const answer = await start(fromPage);

  const body = parseJson(answer.body);
  const refusal = v.safeParse(ErrorResponse, body);
  if (refusal.success) {
    const { error } = refusal.output;
    if (error === 'csrf_header_missing') return [finding('header_dropped', `${url} did not receive X-CSRF.`)];
    if (error === 'shutting_down') {
      return [
        finding(
          'api_not_running',
          `${url} answers ${answer.status} ${error}: no instance of the API is ready.`,
        ),
      ];
    }
    if (error !== 'origin_not_allowed')
      return [finding('api_error', `${url} answers ${answer.status} ${error}.`)];
    // Without this header, only the origin is left to be refused.
    const isOriginAllowed = (await start()).status === 200;
    return isOriginAllowed
      ? [apiOriginWrong(apiOrigin, `it does not expect "Sec-Fetch-Site: ${topology.relation}"`)]
      : [finding('web_origin_refused', `The API at ${apiOrigin} refuses requests of pages of ${webOrigin}.`)];
  }
  const started = v.safeParse(StartResponse, body);
  if (!started.success) return [describeForeignAnswer(url, answer)];

  const findings = [...checkClock(url, answer), ...checkCookies(url, answer, topology)];
  const { authorizationUrl, state } = started.output;
  const redirectUri = URL.parse(authorizationUrl)?.searchParams.get('redirect_uri') ?? '';
  if (redirectUri !== webOrigin + WEB_PATHS.callback) findings.push(redirectUriWrong(redirectUri, webOrigin));
  if (topology.needsCors) findings.push(...checkCors(url, answer, webOrigin));
  const cacheControl = answer.headers.get('cache-control');
  if (cacheControl !== 'no-store') {
    findings.push(finding('api_cached', `${url} is sent with Cache-Control: ${cacheControl ?? '(none)'}.`));
  }
  const cookie = answer.headers.getSetCookie().map((line) => line.replace(/;.*/, ''));
  if (cookie.length > 0) findings.push(...(await reportNoAnswer(checkEnd())));
  return findings;

  /** Ends the transaction as a page does after a denial. */
  async function checkEnd(): Promise<Finding[]> {
    const end = await send(apiOrigin + PATHS.exchangeToken, {
      method: 'POST',
      headers: { ...headers, ...fromPage, cookie: cookie.join('; ') },
      body: JSON.stringify({ error: 'access_denied', state }),
    });
    const ended = v.safeParse(ErrorResponse, parseJson(end.body));
    return ended.success && ended.output.error === 'transaction_not_found'
      ? [finding('request_cookie_dropped', `${apiOrigin} did not receive the cookie that it had set.`)]
      : [];
  }
}

function describeForeignAnswer(url: string, answer: Answer): Finding {
  const { status } = answer;
  const problem = `${url} answers ${describeAnswer(answer)}`;
  return status === 502 || status === 503 || status === 504
    ? finding('api_not_running', `${problem}: a proxy answers, and the API behind it does not.`)
    : finding('api_not_forwarded', `${problem}, which the API never does.`);
}

function apiOriginWrong(apiOrigin: string, reason: string): Finding {
  return finding(
    'api_origin_wrong',
    `Browsers reach the API at ${apiOrigin}, and the API is set to another origin: ${reason}.`,
  );
}

function checkCookies(
  url: string,
  { headers }: Answer,
  topology: ReturnType<typeof computeTopology>,
): Finding[] {
  const cookies = headers.getSetCookie();
  if (cookies.length === 0) return [finding('cookie_dropped', `${url} arrives without Set-Cookie.`)];
  return cookies.flatMap((cookie) => {
    const [pair = '', ...attributes] = cookie.split(/;\s*/);
    const names = attributes.map((attribute) => attribute.toLowerCase());
    const [name = ''] = pair.split('=');
    if (topology.isSecure && !name.startsWith(topology.nameCookie(''))) {
      return [apiOriginWrong(new URL(url).origin, `its cookies have the names of plain http`)];
    }
    const isComplete =
      names.includes('path=/') &&
      names.includes('httponly') &&
      topology.isSecure === names.includes('secure');
    const hasDomain = names.some((attribute) => attribute.startsWith('domain='));
    return isComplete && !hasDomain
      ? []
      : [finding('cookie_changed', `${url} sets a cookie with the attributes ${attributes.join('; ')}.`)];
  });
}

function checkCors(url: string, { headers }: Answer, webOrigin: string): Finding[] {
  const allowed = headers.get('access-control-allow-origin');
  const credentials = headers.get('access-control-allow-credentials');
  if (allowed === webOrigin && credentials === 'true') return [];
  return [
    finding(
      'cors_refused',
      `${url} answers pages of ${webOrigin} with Access-Control-Allow-Origin: ${allowed ?? '(none)'} and Access-Control-Allow-Credentials: ${credentials ?? '(none)'}.`,
    ),
  ];
}

async function checkPreflight({ webOrigin, apiOrigin, send }: Api): Promise<Finding[]> {
  const url = apiOrigin + PATHS.session;
  const answer = await send(url, {
    method: 'OPTIONS',
    headers: {
      origin: webOrigin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': `content-type,${CSRF_HEADER.name.toLowerCase()}`,
    },
  });
  const allowedHeaders = answer.headers.get('access-control-allow-headers')?.toLowerCase() ?? '';
  const isAllowed =
    answer.status < 300 &&
    answer.headers.get('access-control-allow-origin') === webOrigin &&
    allowedHeaders.split(/,\s*/).includes(CSRF_HEADER.name.toLowerCase());
  if (isAllowed) return [];
  return [
    finding(
      'preflight_refused',
      `${url} answers the preflight of ${webOrigin} with ${answer.status} and Access-Control-Allow-Headers: ${allowedHeaders || '(none)'}.`,
    ),
  ];
}

async function checkExposure({ webOrigin, apiOrigin, send }: Api): Promise<Finding[]> {
  const origins = [...new Set([webOrigin, apiOrigin])];
  const checks = origins.flatMap((origin) => [checkMetrics(origin, send), checkDocumentation(origin, send)]);
  return (await Promise.all(checks.map(reportNoAnswer))).flat();
}

async function checkMetrics(origin: string, send: Send): Promise<Finding[]> {
  const { status, body } = await send(origin + PATHS.metrics);
  const isPublic = status === 200 && body.startsWith('# HELP ');
  return isPublic ? [finding('metrics_public', `Everybody can read ${origin}${PATHS.metrics}.`)] : [];
}

async function checkDocumentation(origin: string, send: Send): Promise<Finding[]> {
  const { status, body } = await send(origin + PATHS.openapi);
  const isPublic = status === 200 && v.is(v.object({ openapi: v.string() }), parseJson(body));
  return isPublic ? [finding('documentation_public', `Everybody can read ${origin}${PATHS.openapi}.`)] : [];
}
