import * as v from 'valibot';
import { quote } from '../diagnosis/finding.ts';
import { OperatorError } from '../operator-error.ts';
import { parseJson } from '../parse-json.ts';
import { reasonOf, type Answer, type Send } from '../send.ts';

interface Registration {
  /** The address of `POST /api/oauth_apps`. */
  url: string;
  developerToken: string;
  name: string;
  description: string;
  redirectUri: string;
}

/** What AIHubMix has issued. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
}

// RFC 6749 Appendix A.1 and A.2
const credential = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,1024}$/));
const Registered = v.object({
  data: v.object({ client_id: credential, client_secret: credential, redirect_uri: v.optional(v.string()) }),
});
/** Gateways of this family also answer errors with 200. */
const Refused = v.object({ message: v.pipe(v.string(), v.nonEmpty()) });

/**
 * Registers the app with AIHubMix.
 * @throws {OperatorError} for each failure, without the developer token and without the client secret
 */
export async function register(send: Send, registration: Registration): Promise<Credentials> {
  const { url, developerToken, name, description, redirectUri } = registration;
  const answer = await send(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${developerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, description, redirect_uri: redirectUri }),
    timeoutMs: 30_000,
  }).catch((error: unknown) => {
    throw new OperatorError(
      `${new URL(url).origin} could not be asked: ${reasonOf(error)}. Before you try again, look at the list of your ` +
        'apps at AIHubMix: the app may have been registered.',
    );
  });

  const body = parseJson(answer.body);
  const registered = v.safeParse(Registered, body);
  if (answer.status < 300 && registered.success) {
    const { client_id: clientId, client_secret: clientSecret, redirect_uri: kept } = registered.output.data;
    if (kept === undefined || kept === redirectUri) return { clientId, clientSecret };
    throw new OperatorError(
      `AIHubMix has registered another redirect URI than ${redirectUri}. Delete the app "${name}" there and try again.`,
    );
  }
  throw new OperatorError(explainRefusal(answer, body, registration));
}

function explainRefusal(
  { status }: Answer,
  body: unknown,
  { url, name, developerToken }: Registration,
): string {
  const host = new URL(url).host;
  if (status === 401 || status === 403) {
    return `AIHubMix refused the developer token (${status}). Copy the token from your account there, and check that it may register apps.`;
  }
  const refused = v.safeParse(Refused, body);
  if (refused.success && status < 500) {
    const message = quote(refused.output.message.replaceAll(developerToken, '…')).slice(0, 300);
    return status === 409
      ? `AIHubMix has an app with the name "${name}" already (${message}). Choose another name.`
      : `AIHubMix refused the registration (${status}): ${message}`;
  }
  if (status === 409) return `AIHubMix has an app with the name "${name}" already. Choose another name.`;
  if (status === 404 || (status >= 300 && status < 400)) {
    return `${host} has no registration at ${new URL(url).pathname} (${status}). Check --registration-url.`;
  }
  if (status === 429) return 'AIHubMix refused the registration (429): too many requests. Wait some minutes.';
  if (status >= 500) {
    return `AIHubMix failed (${status}). Try again later; before that, look at the list of your apps there.`;
  }
  if (status >= 400) return `AIHubMix refused the registration (${status}) and gave no reason.`;
  return `${host} answered ${status} with something that is not a registration. Look at the list of your apps at AIHubMix: if "${name}" is there, delete it, and check --registration-url.`;
}
