import { readFileSync } from 'node:fs';

/** Each can be in the file that `NAME_FILE` names instead: Docker and Kubernetes mount secrets as files. */
export const SECRETS = ['OAUTH_CLIENT_SECRET', 'SESSION_KEYS', 'REDIS_URL'] as const;

interface SecretFiles {
  /** The environment, with the content of each file as the value of its variable. */
  variables: NodeJS.ProcessEnv;
  /** Why a file can't be used, by the name of its variable. */
  faults: ReadonlyMap<string, string>;
}

export function readSecretFiles(environment: NodeJS.ProcessEnv): SecretFiles {
  const variables = { ...environment };
  const faults = new Map<string, string>();
  for (const name of SECRETS) {
    const path = environment[`${name}_FILE`];
    if (!path) continue;
    if (environment[name]) {
      faults.set(name, `${name}_FILE must not be set together with ${name}`);
      continue;
    }
    try {
      variables[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, ''); // Editors end a file with a line break.
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not a path';
      faults.set(name, `${name}_FILE must be the path of a readable file (${reason})`);
    }
  }
  return { variables, faults };
}
