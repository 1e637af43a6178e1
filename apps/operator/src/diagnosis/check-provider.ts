import { randomBytes } from 'node:crypto';
import { buildAuthorizationUrl } from '@oneclick/api/authorization-url';
import { createClientAuth } from '@oneclick/api/client-auth';
import type { ProviderConfig, Config } from '@oneclick/api/config';
import * as v from 'valibot';
import { parseJson } from '../parse-json.ts';
import { isHtml, type Answer, type Send } from '../send.ts';
import { checkClock } from './check-clock.ts';
import { finding, type Finding } from './finding.ts';
import { reportNoAnswer } from './report-no-answer.ts';

/** Sends the requests that the API sends, with a code and tokens that don't exist. */
export async function checkProvider(config: Config, send: Send): Promise<Finding[]> {
  const { provider } = config;
  const findings = await Promise.all([
    reportNoAnswer(checkAuthorization(provider, send)),
    reportNoAnswer(checkTokenEndpoint(config, send)),
    reportNoAnswer(checkResource('userinfo', provider.userinfoEndpoint, send)),
    reportNoAnswer(checkResource('topup', provider.topupEndpoint, send)),
  ]);
  return findings.flat();
}

/** The authorization request of a sign-in (RFC 6749 §4.1.1). */
export function authorizationUrl(provider: ProviderConfig, codeVerifier: string): string {
  const state = randomBytes(32).toString('base64url');
  const { redirectUri } = provider;
  return buildAuthorizationUrl(provider, { state, codeVerifier, redirectUri, isAfterSignOut: false });
}

async function checkAuthorization(provider: ProviderConfig, send: Send): Promise<Finding[]> {
  const codeVerifier = randomBytes(32).toString('base64url');
  const answer = await send(authorizationUrl(provider, codeVerifier));
  return [
    ...checkClock(provider.authorizationEndpoint, answer),
    ...checkAnswer('authorization', provider.authorizationEndpoint, answer),
    ...explainRefusal(provider, answer),
  ];
}

function explainRefusal({ redirectUri, clientId }: ProviderConfig, answer: Answer): Finding[] {
  const error = errorOfRedirect(answer);
  const isRefused =
    error !== undefined || (answer.status >= 400 && answer.status < 500 && !isMissing(answer));
  if (!isRefused) return [];
  const how = error ?? `status ${answer.status}`;
  return [
    finding(
      'authorization_refused',
      `AIHubMix refuses the authorization request of ${clientId} with the redirect URI ${redirectUri}: ${how}.`,
    ),
  ];
}

/** The `error` of an authorization response (RFC 6749 §4.1.2.1). A user who is not signed in is no fault. */
function errorOfRedirect({ headers }: Answer): string | undefined {
  const error = URL.parse(headers.get('location') ?? '', 'http://localhost')?.searchParams.get('error');
  const isFault = error && !/^(?:login_required|interaction_required|consent_required)$/.test(error);
  return isFault ? error.replaceAll(/[^\w.-]/g, ' ').slice(0, 80) : undefined;
}

/** The error of a token endpoint (RFC 6749 §5.2). */
const TokenError = v.object({ error: v.string() });

async function checkTokenEndpoint(config: Config, send: Send): Promise<Finding[]> {
  const { tokenEndpoint, redirectUri } = config.provider;
  const answer = await requestTokens(config, send, {
    grant_type: 'authorization_code',
    code: `doctor-${randomBytes(16).toString('hex')}`,
    redirect_uri: redirectUri,
    code_verifier: randomBytes(32).toString('base64url'),
  });
  const findings = checkAnswer('token', tokenEndpoint, answer);
  if (findings.length > 0) return findings;
  if (isHtml(answer)) return [endpointWrong('token', tokenEndpoint, 'answers with a page')];
  const body = v.safeParse(TokenError, parseJson(answer.body));
  const isClientRefused =
    body.success && ['invalid_client', 'unauthorized_client'].includes(body.output.error);
  return isClientRefused
    ? [
        finding(
          'client_refused',
          `AIHubMix refuses the client ${config.provider.clientId}: ${body.output.error}.`,
        ),
      ]
    : [];
}

/** A token request with the client's authentication (RFC 6749 §2.3.1). */
export async function requestTokens(
  { provider, secrets }: Config,
  send: Send,
  parameters: Record<string, string>,
): Promise<Answer> {
  const { clientId, tokenEndpoint } = provider;
  const body = new URLSearchParams(parameters);
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  });
  const authenticate = createClientAuth({ provider, secrets });
  await authenticate({ issuer: new URL(tokenEndpoint).origin }, { client_id: clientId }, body, headers);
  return send(tokenEndpoint, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: body.toString(),
  });
}

async function checkResource(name: string, url: string, send: Send): Promise<Finding[]> {
  const answer = await send(url, { headers: { accept: 'application/json', authorization: 'Bearer doctor' } });
  const findings = checkAnswer(name, url, answer);
  if (findings.length > 0) return findings;
  return isHtml(answer) ? [endpointWrong(name, url, 'answers with a page')] : [];
}

function checkAnswer(name: string, url: string, answer: Answer): Finding[] {
  if (isMissing(answer) || answer.status >= 500)
    return [endpointWrong(name, url, `answers ${answer.status}`)];
  return [];
}

function endpointWrong(name: string, url: string, how: string): Finding {
  return finding('endpoint_wrong', `The ${name} endpoint ${url} ${how}.`);
}

const isMissing = ({ status }: Answer) => status === 404 || status === 405 || status === 410;
