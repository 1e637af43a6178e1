import { randomBytes } from 'node:crypto';
import type { Config } from '@oneclick/api/config';
import * as v from 'valibot';
import { OperatorError } from '../operator-error.ts';
import { parseJson } from '../parse-json.ts';
import type { Prompts } from '../prompts.ts';
import type { Send } from '../send.ts';
import { authorizationUrl, requestTokens } from './check-provider.ts';
import { finding, type Finding } from './finding.ts';
import { reportNoAnswer } from './report-no-answer.ts';

interface Probe {
  config: Config;
  send: Send;
  prompts: Pick<Prompts, 'askSecret'>;
  /** Shows a text to the operator. */
  show: (text: string) => void;
}

const EXPLANATION = `\
This signs you in at AIHubMix with your own account, to see what AIHubMix does with PKCE and with refresh tokens. It asks for
tokens up to three times and refreshes them once. It prints no token and keeps none.

The callback page removes the code from the address bar. To see the code, open the developer tools of the browser on an empty
tab, choose Network and "Preserve log", and only then open the address below. After the sign-in, copy the address of the
request to oauth/callback.html.`;

const text = v.pipe(v.string(), v.nonEmpty());
const Tokens = v.object({ access_token: text, refresh_token: v.fallback(v.optional(text), undefined) });
/** Gateways of this family also wrap their answers. */
const TokenAnswer = v.union([
  Tokens,
  v.pipe(
    v.object({ data: Tokens }),
    v.transform(({ data }) => data),
  ),
]);
type Tokens = v.InferOutput<typeof Tokens>;

/** Finds out what only a sign-in shows. @throws {OperatorError} if the operator pastes something else than the answer */
export async function probeProvider(probe: Probe): Promise<Finding[]> {
  probe.show(EXPLANATION);
  const signedIn = await signIn(probe);
  const injected = await exchangeCode(probe, { ...signedIn, codeVerifier: newVerifier() });
  if (injected.tokens) {
    return [
      finding('pkce_not_enforced', 'AIHubMix gave tokens for a code with a wrong code_verifier.'),
      ...(await reportNoAnswer(probeRefresh(probe, injected.tokens))),
    ];
  }
  // RFC 7636 §4.6
  if (!injected.isGrantInvalid) return [codeRefused(injected)];

  // An expired code is an invalid grant too. With the right verifier, tokens prove that the verifier was the reason.
  const { tokens } = await exchangeCode(probe, signedIn);
  if (tokens) {
    probe.show('AIHubMix checks PKCE.');
    return probeRefresh(probe, tokens);
  }
  const problem =
    'AIHubMix refused a code with a wrong code_verifier, and then with the right one too. The code may have expired.';
  probe.show(
    'The refused code does not prove anything about PKCE. Please sign in once more, for the refresh token.',
  );
  return [finding('pkce_not_proven', problem), ...(await reportNoAnswer(probeRefreshOnly(probe)))];
}

async function probeRefreshOnly(probe: Probe): Promise<Finding[]> {
  const exchange = await exchangeCode(probe, await signIn(probe));
  return exchange.tokens ? probeRefresh(probe, exchange.tokens) : [codeRefused(exchange)];
}

interface SignedIn {
  code: string;
  codeVerifier: string;
}

async function signIn({ config, prompts, show }: Probe): Promise<SignedIn> {
  const codeVerifier = newVerifier();
  const url = authorizationUrl(config.provider, codeVerifier);
  show(`\n${url}\n`);
  const callback = URL.parse(await prompts.askSecret('The address of the request to oauth/callback.html'));
  const code = callback?.searchParams.get('code');
  // RFC 6749 §10.12
  if (!code || callback?.searchParams.get('state') !== new URL(url).searchParams.get('state')) {
    throw new OperatorError('That is not the answer to this sign-in: it has no code, or another state.');
  }
  return { code, codeVerifier };
}

function exchangeCode({ config, send }: Probe, { code, codeVerifier }: SignedIn): Promise<Exchange> {
  return askForTokens(config, send, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: config.provider.redirectUri,
    code_verifier: codeVerifier,
  });
}

function codeRefused({ status }: Exchange): Finding {
  return finding('code_refused', `AIHubMix gave no tokens for the code (status ${status}).`);
}

async function probeRefresh({ config, send, show }: Probe, tokens: Tokens): Promise<Finding[]> {
  const { access_token: accessToken, refresh_token: first } = tokens;
  let last = first ?? accessToken;
  try {
    if (first === undefined) {
      return [finding('refresh_token_missing', 'The token answer of AIHubMix has no refresh token.')];
    }
    const parameters = { grant_type: 'refresh_token', refresh_token: first };
    const { tokens: refreshed } = await askForTokens(config, send, parameters);
    if (!refreshed) {
      return [finding('refresh_refused', 'AIHubMix gave no tokens for a refresh token that is new.')];
    }
    last = refreshed.refresh_token ?? first;
    return last === first
      ? [
          finding(
            'refresh_token_not_rotated',
            'AIHubMix gave no new refresh token when the old one was used.',
          ),
        ]
      : [];
  } finally {
    const isRevoked = await revoke(config, send, last).catch(() => false);
    if (!isRevoked) show('The tokens of this probe stay valid until they expire.');
  }
}

interface Exchange {
  status: number;
  tokens: Tokens | undefined;
  isGrantInvalid: boolean;
}

const InvalidGrant = v.object({ error: v.literal('invalid_grant') });

async function askForTokens(
  config: Config,
  send: Send,
  parameters: Record<string, string>,
): Promise<Exchange> {
  const answer = await requestTokens(config, send, parameters);
  const { status } = answer;
  const body = parseJson(answer.body);
  const parsed = v.safeParse(TokenAnswer, body);
  return {
    status,
    tokens: status === 200 && parsed.success ? parsed.output : undefined,
    // RFC 6749 §5.2
    isGrantInvalid: status === 400 && v.is(InvalidGrant, body),
  };
}

/** RFC 7009. @returns whether the provider has revoked the token */
async function revoke(config: Config, send: Send, token: string): Promise<boolean> {
  const { revocationEndpoint } = config.provider;
  if (!revocationEndpoint) return false;
  const provider = { ...config.provider, tokenEndpoint: revocationEndpoint };
  const { status } = await requestTokens({ ...config, provider }, send, { token });
  return status === 200;
}

const newVerifier = () => randomBytes(32).toString('base64url');
