import { isLoopback } from '@oneclick/shared/is-loopback';
import { WEB_PATHS } from '@oneclick/shared/paths';
import { headersFor } from '@oneclick/sign-in/headers';
import { inlineHashesOf } from '@oneclick/sign-in/inline-hashes';
import { describeAnswer, isHtml, type Answer, type Send } from '../send.ts';
import { checkPolicy } from './check-policy.ts';
import { finding, type Finding } from './finding.ts';
import { readPage, type Page } from './page.ts';
import { reportNoAnswer } from './report-no-answer.ts';

interface CheckedWeb {
  findings: Finding[];
  /** The origin of the API that the app asks. Undefined if no page of the app was found. */
  apiOrigin: string | undefined;
}

interface CheckWebOptions {
  /** API_ORIGIN of the configuration, if it is known. */
  expectedApiOrigin?: string | undefined;
  /** Those within the origin. */
  redirectsLeft?: number;
}

/**
 * Reads a deployed web app as a browser does, without running it.
 *
 * @param app the address of the app
 */
export async function checkWeb(
  app: URL,
  send: Send,
  { expectedApiOrigin, redirectsLeft = 3 }: CheckWebOptions = {},
): Promise<CheckedWeb> {
  const answer = await send(app.href);
  if (isRedirect(answer)) {
    const location = answer.headers.get('location') ?? '';
    const target = URL.parse(location, app.href);
    // For example to the page of a language.
    if (target?.origin === app.origin && redirectsLeft > 0) {
      return checkWeb(target, send, { expectedApiOrigin, redirectsLeft: redirectsLeft - 1 });
    }
    return {
      findings: [finding('web_redirected', `${app.href} redirects to ${location}.`)],
      apiOrigin: undefined,
    };
  }
  if (!isPage(answer)) {
    const problem = `${app.href} answers ${describeAnswer(answer)} in place of the app.`;
    return { findings: [finding('web_not_served', problem)], apiOrigin: undefined };
  }
  const page = readPage(answer.body);
  if (page.apiOrigin === undefined) {
    const problem = `${app.href} has no <meta name="api-origin">.`;
    return { findings: [finding('api_origin_tag_missing', problem)], apiOrigin: undefined };
  }

  const apiOrigin = page.apiOrigin || app.origin;
  const tag = `<meta name="api-origin"> of ${app.href} is "${page.apiOrigin}"`;
  if (URL.parse(apiOrigin)?.origin !== apiOrigin) {
    return {
      findings: [finding('api_origin_tag_wrong', `${tag}, and that is no origin.`)],
      apiOrigin: undefined,
    };
  }
  const findings: Finding[] = [];
  if (expectedApiOrigin !== undefined && apiOrigin !== expectedApiOrigin) {
    findings.push(finding('api_origin_tag_wrong', `${tag}, and API_ORIGIN is ${expectedApiOrigin}.`));
  }

  const isDevelopment = page.files.includes('/@vite/client');
  // Vite's development server sends no policy and caches nothing. On this machine that is how it should be.
  if (isDevelopment && isLoopback(app.hostname)) return { findings, apiOrigin };
  if (isDevelopment)
    findings.push(finding('development_server', `${app.origin} runs Vite's development server.`));
  else {
    findings.push(...checkHeaders({ url: app, answer, apiOrigin }), ...(await checkAssets(app, page, send)));
  }
  for (const path of [WEB_PATHS.callback, WEB_PATHS.opening]) {
    const windowPage = { app, path, apiTag: page.apiOrigin, apiOrigin, send };
    findings.push(...(await reportNoAnswer(checkWindowPage(windowPage))));
  }
  return { findings, apiOrigin };
}

interface WindowPage {
  app: URL;
  path: string;
  /** The content of the tag in the app's own page. */
  apiTag: string;
  apiOrigin: string;
  send: Send;
}

async function checkWindowPage({ app, path, apiTag, apiOrigin, send }: WindowPage): Promise<Finding[]> {
  let url = new URL(path, app);
  // A cache or a rule may treat an address with a query in another way. The page does nothing with an unknown state.
  if (path === WEB_PATHS.callback) url.search = '?code=doctor&state=doctor';
  let answer = await send(url.href);
  if (isRedirect(answer)) {
    const location = answer.headers.get('location') ?? '';
    const target = URL.parse(location, url.href);
    // A host that removes `.html` from addresses may serve the same page at the new address.
    const isKept = target?.origin === app.origin && target.search === url.search;
    const redirected = isKept ? await send(target.href) : undefined;
    if (!target || !redirected || !isWindowPage(path, redirected)) {
      return [finding('window_page_redirected', `${withoutQuery(url)} redirects to ${location}.`)];
    }
    [url, answer] = [target, redirected];
  }
  if (!isWindowPage(path, answer)) {
    const below = app.pathname.replace(/[^/]*$/, '') + path.slice(1);
    if (below !== path && isWindowPage(path, await send(new URL(below, app).href))) {
      const problem = `The page ${path} is served at ${below}, and the window opens ${path}.`;
      return [finding('app_under_sub_path', problem)];
    }
    return isPage(answer)
      ? [finding('window_page_answered_by_app', `${withoutQuery(url)} answers with another page.`)]
      : [finding('window_page_missing', `${withoutQuery(url)} answers ${answer.status}.`)];
  }

  const page = readPage(answer.body);
  const findings = checkHeaders({ url, answer, apiOrigin });
  if (page.apiOrigin !== undefined && page.apiOrigin !== apiTag) {
    const problem = `<meta name="api-origin"> of ${withoutQuery(url)} is "${page.apiOrigin}", and that of the app is "${apiTag}".`;
    findings.push(finding('api_origin_tag_wrong', problem));
  }
  // The build makes one script, and puts it into the page.
  if (page.inlineScripts !== 1 || page.files.length > 0) {
    const scripts = [`${page.inlineScripts} scripts in the page`, ...page.files].join(', ');
    findings.push(
      finding('window_page_changed', `${withoutQuery(url)} is not as it was built: it has ${scripts}.`),
    );
  }
  return findings;
}

/** The callback page has a mark. The opening page is the only one without a tag for the API. */
function isWindowPage(path: string, answer: Answer): boolean {
  const { mark, apiOrigin } = readPage(answer.body);
  return isPage(answer) && (path === WEB_PATHS.callback ? mark === 'callback' : apiOrigin === undefined);
}

/** Compares with the headers that the build writes for this very page. */
function checkHeaders({
  url,
  answer,
  apiOrigin,
}: {
  url: URL;
  answer: Answer;
  apiOrigin: string;
}): Finding[] {
  const isInWindow = url.pathname.startsWith('/oauth/');
  const path = isInWindow ? url.pathname : '/index.html';
  const connectTo = apiOrigin === url.origin ? [] : [apiOrigin];
  const expected = headersFor(path, {
    pages: { [path]: inlineHashesOf(answer.body) },
    assets: [],
    connectTo,
  });
  const findings: Finding[] = [];
  for (const [name, value] of Object.entries(expected)) {
    const actual = answer.headers.get(name);
    const report = (code: Parameters<typeof finding>[0]) =>
      findings.push(
        finding(
          code,
          `${withoutQuery(url)} is sent with ${name}: ${actual ?? '(none)'} in place of ${value}.`,
        ),
      );
    switch (name) {
      case 'Content-Security-Policy':
        findings.push(...checkPolicy(withoutQuery(url), actual, value));
        break;
      case 'Cross-Origin-Opener-Policy':
        // A parameter such as `report-to` changes nothing.
        if (actual !== null && ![value, 'unsafe-none'].includes(actual.replace(/;.*/, '').trim()))
          report('opener_policy_cuts_window');
        else if (actual === null && !isInWindow) report('header_missing');
        break;
      case 'Cache-Control': {
        const isFresh = isInWindow ? /\bno-store\b/ : /\b(?:no-cache|no-store|max-age=0)\b/;
        const isFromCache = Number(answer.headers.get('age') ?? 0) > 0;
        if (!isFresh.test(actual ?? '') || isFromCache)
          report(isInWindow ? 'window_page_cached' : 'page_cached');
        break;
      }
      case 'Referrer-Policy':
        if (isInWindow && actual !== value) report('window_page_referrer');
        else if (actual === null) report('header_missing');
        break;
      default:
        if (actual === null) report('header_missing');
    }
  }
  return findings;
}

const A_MONTH_SECONDS = 2_592_000;

async function checkAssets(app: URL, page: Page, send: Send): Promise<Finding[]> {
  const assets = page.files.map((file) => new URL(file, app)).filter(({ origin }) => origin === app.origin);
  const [asset] = assets.filter(({ pathname }) => /-[\w-]{8}\.\w+$/.test(pathname));
  if (!asset) return [];
  const checks = [checkAsset(asset, send), checkMissingAsset(new URL('doctor-missing0.js', asset), send)];
  return (await Promise.all(checks.map(reportNoAnswer))).flat();
}

async function checkAsset({ href }: URL, send: Send): Promise<Finding[]> {
  const answer = await send(href);
  if (answer.status !== 200 || isHtml(answer)) {
    return [finding('asset_missing', `${href}, which the page loads, answers ${describeAnswer(answer)}.`)];
  }
  if (maxAgeOf(answer) >= A_MONTH_SECONDS) return [];
  const actual = answer.headers.get('cache-control') ?? '(none)';
  return [finding('asset_not_cached', `${href} is sent with Cache-Control: ${actual}.`)];
}

async function checkMissingAsset({ href }: URL, send: Send): Promise<Finding[]> {
  const answer = await send(href);
  if (answer.status < 400) {
    return [
      finding('missing_asset_answered', `${href}, which no build has, answers ${describeAnswer(answer)}.`),
    ];
  }
  if (maxAgeOf(answer) <= 60) return [];
  const actual = answer.headers.get('cache-control');
  return [finding('missing_asset_cached', `The 404 of ${href} is sent with Cache-Control: ${actual}.`)];
}

function maxAgeOf({ headers }: Answer): number {
  const [, seconds] = /\bmax-age=(\d+)/.exec(headers.get('cache-control') ?? '') ?? [];
  return Number(seconds ?? 0);
}

function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

function isPage(answer: Answer): boolean {
  return answer.status === 200 && isHtml(answer);
}

function withoutQuery({ origin, pathname }: URL): string {
  return origin + pathname;
}
