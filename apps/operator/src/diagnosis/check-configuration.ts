import { statSync } from 'node:fs';
import { ConfigError, parseConfig, VARIABLES, type Config } from '@oneclick/api/config';
import { isLoopback } from '@oneclick/shared/is-loopback';
import { WEB_PATHS } from '@oneclick/shared/paths';
import { finding, type Finding } from './finding.ts';

interface CheckedConfiguration {
  findings: Finding[];
  /** Undefined if the API would not start with it. */
  config: Config | undefined;
}

export interface Settings {
  environment: NodeJS.ProcessEnv;
  /** A file whose variables the environment overrides. */
  file?: { path: string; variables: NodeJS.Dict<string> } | undefined;
}

/** Finds everything that the settings alone tell. No request is sent. */
export function checkConfiguration({ environment, file }: Settings): CheckedConfiguration {
  const findings = file ? checkFile(file) : [];
  try {
    const config = parseConfig({ ...file?.variables, ...environment });
    return { config, findings: [...findings, ...checkOrigins(config)] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.map((fault) => finding('setting_invalid', `${fault}.`));
    return { config: undefined, findings: [...findings, ...faults] };
  }
}

/** The words with which names of the API's variables begin. Other programs may read the same file. */
const OWN_NAME = new RegExp(`^(?:${VARIABLES.map((name) => name.split('_')[0]).join('|')})_`);

function checkFile({ path, variables }: NonNullable<Settings['file']>): Finding[] {
  const unknown = Object.keys(variables).filter(
    (name) => OWN_NAME.test(name) && !VARIABLES.includes(name) && name !== 'WEB_PORT',
  );
  const isReadable = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
  return [
    ...unknown.map((name) => finding('setting_unknown', `${path} sets ${name}.`)),
    ...(isReadable ? [finding('env_file_readable', `Other users of this machine can read ${path}.`)] : []),
  ];
}

function checkOrigins({ webOrigin, apiOrigin, topology, provider, trustedProxies }: Config): Finding[] {
  const isPublic = !topology.isLoopback;
  const findings: Finding[] = [];
  const callbackPages = [...topology.acceptedFetchSites.keys()].map((origin) => origin + WEB_PATHS.callback);
  if (!callbackPages.includes(provider.redirectUri)) {
    findings.push(redirectUriWrong(provider.redirectUri, webOrigin));
  }
  if (topology.relation === 'cross-site') {
    findings.push(finding('cross_site', `WEB_ORIGIN and API_ORIGIN (${apiOrigin}) are two sites.`));
  }
  // The API itself serves plain http only.
  if (isPublic && topology.isSecure && trustedProxies.length === 0) {
    const problem = `API_ORIGIN is ${apiOrigin}, so a reverse proxy answers for the API, and TRUST_PROXY is not set.`;
    findings.push(finding('trust_proxy_missing', problem));
  }
  const { origin, hostname } = new URL(provider.authorizationEndpoint);
  if (isPublic && isLoopback(hostname)) {
    findings.push(
      finding('provider_on_this_machine', `Users would be sent to ${origin}, which is their own machine.`),
    );
  }
  return findings;
}

export function redirectUriWrong(redirectUri: string, webOrigin: string): Finding {
  return finding(
    'redirect_uri_wrong',
    `The redirect URI is ${redirectUri}, and the page that waits for the answer is ${webOrigin}${WEB_PATHS.callback}.`,
  );
}
