/*
 * The one place of this package that reads process.env (preflight.js stands alone, and reads two names of it).
 */

export type Environment = Readonly<NodeJS.Dict<string>>;

/** What this process was started with. */
export const environment: Environment = process.env;

/** What every part inherits: all but the secrets, which only those parts get that are named their owner. */
export const inheritedEnvironment: Environment = Object.fromEntries(
  Object.entries(environment).filter(
    ([name]) => !/^(OAUTH_.*|SESSION_KEYS|REDIS_URL|DEVELOPER_TOKEN|NODE_ENV)$/.test(name),
  ),
);
