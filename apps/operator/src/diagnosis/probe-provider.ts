import { randomBytes } from 'node:crypto';
import type { Config } from '@oneclick/api/config';
import * as v from 'valibot';
import { OperatorError } from '../operator-error.ts';
import { parseJson } from '../parse-json.ts';
import type { Prompts } from '../prompts.ts';
import type { Send } from '../send.ts';
import { authorizationUrl, challengeOf, requestTokens } from './check-provider.ts';
import { finding, type Finding } from './finding.ts';

interface Probe {
  config: Config;
  send: Send;
  prompts: Pick<Prompts, 'askSecret'>;
  /** Shows a text to the operator. */
  show: (text: string) => void;
}

const EXPLANATION = `\
This signs you in at AIHubMix with your own account, to see what AIHubMix does with PKCE and with refresh tokens. It asks for
tokens once or twice and refreshes them once. It prints no token and keeps none.

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
  const injected = await signIn(probe, { hasWrongVerifier: true });
  if (!injected) probe.show('AIHubMix checks PKCE. Please sign in once more, for the refresh token.');
  const tokens = injected ?? (await signIn(probe, { hasWrongVerifier: false }));
  const findings = injected
    ? [finding('pkce_not_enforced', 'AIHubMix gave tokens for a code with a wrong code_verifier.')]
    : [];
  return tokens
    ? [...findings, ...(await probeRefresh(probe, tokens))]
    : [finding('code_refused', 'AIHubMix gave no tokens for the code.')];
}

async function signIn(
  probe: Probe,
  { hasWrongVerifier }: { hasWrongVerifier: boolean },
): Promise<Tokens | undefined> {
  const { config, send, prompts, show } = probe;
  const [codeVerifier, wrongVerifier] = [newVerifier(), newVerifier()];
  const url = authorizationUrl(config.provider, challengeOf(codeVerifier));
  show(`\n${url.href}\n`);
  const callback = URL.parse(await prompts.askSecret('The address of the request to oauth/callback.html'));
  const code = callback?.searchParams.get('code');
  // RFC 6749 §10.12
  if (!code || callback?.searchParams.get('state') !== url.searchParams.get('state')) {
    throw new OperatorError('That is not the answer to this sign-in: it has no code, or another state.');
  }
  return tokensOf(config, send, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: config.provider.redirectUri,
    code_verifier: hasWrongVerifier ? wrongVerifier : codeVerifier,
  });
}

async function probeRefresh({ config, send, show }: Probe, tokens: Tokens): Promise<Finding[]> {
  const { refresh_token: first } = tokens;
  if (first === undefined) {
    return [finding('refresh_token_missing', 'The token answer of AIHubMix has no refresh token.')];
  }
  const refreshed = await tokensOf(config, send, { grant_type: 'refresh_token', refresh_token: first });
  const last = refreshed?.refresh_token ?? first;
  if (!(await revoke(config, send, last))) show('The tokens of this probe stay valid until they expire.');
  if (!refreshed)
    return [finding('refresh_refused', 'AIHubMix gave no tokens for a refresh token that is new.')];
  return last === first
    ? [finding('refresh_token_not_rotated', 'AIHubMix gave no new refresh token when the old one was used.')]
    : [];
}

async function tokensOf(
  config: Config,
  send: Send,
  parameters: Record<string, string>,
): Promise<Tokens | undefined> {
  const answer = await requestTokens(config, send, parameters);
  const parsed = v.safeParse(TokenAnswer, parseJson(answer.body));
  return answer.status === 200 && parsed.success ? parsed.output : undefined;
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
