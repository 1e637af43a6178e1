export type Environment = Readonly<NodeJS.Dict<string>>;

/** The environment of this process. Only this file and preflight.js read process.env. */
export const environment: Environment = process.env;

/** Everything but the secrets. `startStack` gives each secret to the part that owns it. */
export const inheritedEnvironment: Environment = Object.fromEntries(
  Object.entries(environment).filter(
    ([name]) => !/^(OAUTH_.*|SESSION_KEYS|REDIS_URL|DEVELOPER_TOKEN|NODE_ENV)$/.test(name),
  ),
);
