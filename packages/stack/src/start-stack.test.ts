import { expect, test } from 'vitest';
import { stackParts, type StackDescription } from './start-stack.ts';

const ports = { web: 1001, api: 1002, provider: 1003 };
const settings = {
  WEB_ORIGIN: 'https://app.example, https://other.example',
  OAUTH_PROVIDER: 'http://localhost:4400',
  OAUTH_CLIENT_ID: 'client_1',
  OAUTH_CLIENT_SECRET: 'secret_1',
  SESSION_KEYS: 'dev:key',
  DEVELOPER_TOKEN: 'developer-token',
};

function partsByName(description: Partial<StackDescription>) {
  const parts = stackParts({ mode: 'development', ports, ...description });
  return Object.fromEntries(parts.map((part) => [part.name, part]));
}

test('the parts get the same client, redirect URI and origin', () => {
  const { api, web, provider } = partsByName({});
  expect(api?.environment).toMatchObject({
    HOST: '127.0.0.1',
    PORT: '1002',
    WEB_ORIGIN: 'http://localhost:1001',
    OAUTH_PROVIDER: 'http://localhost:1003',
    OAUTH_CLIENT_ID: expect.stringMatching(/^client_/),
  });
  expect(web?.environment).toMatchObject({
    WEB_PORT: '1001',
    WEB_ORIGIN: 'http://localhost:1001',
    API_PROXY_TARGET: 'http://127.0.0.1:1002',
  });
  expect(provider?.environment).toMatchObject({
    PORT: '1003',
    ISSUER: 'http://localhost:1003',
    OAUTH_CLIENT_ID: api?.environment['OAUTH_CLIENT_ID'],
    OAUTH_CLIENT_SECRET: api?.environment['OAUTH_CLIENT_SECRET'],
    OAUTH_REDIRECT_URI: 'http://localhost:1001/oauth/callback.html',
  });
});

test('two stacks without settings get different secrets', () => {
  const [first, second] = [partsByName({}), partsByName({})];
  expect(first['api']?.environment['OAUTH_CLIENT_SECRET']).not.toBe(
    second['api']?.environment['OAUTH_CLIENT_SECRET'],
  );
});

test('given settings are passed to the API unchanged, and none are added', () => {
  const { SESSION_KEYS: _, ...incomplete } = settings;
  const { api, provider } = partsByName({ settings: incomplete });
  expect(api?.environment).toMatchObject(incomplete);
  expect(api?.environment).not.toHaveProperty('SESSION_KEYS');
  expect(provider?.environment['OAUTH_REDIRECT_URI']).toBe('https://app.example/oauth/callback.html');
});

test('the web server gets no secret', () => {
  const { web } = partsByName({ settings });
  for (const name of ['OAUTH_CLIENT_SECRET', 'SESSION_KEYS', 'DEVELOPER_TOKEN']) {
    expect(web?.environment).not.toHaveProperty(name);
  }
});

test('production runs the build, and the local provider in development mode', () => {
  const { api, web, provider } = partsByName({ mode: 'production' });
  expect(api).toMatchObject({ args: ['dist/server.js'], environment: { NODE_ENV: 'production' } });
  expect(web?.args.slice(1)).toEqual(['preview']);
  expect(provider).toMatchObject({ args: ['src/server.ts'], environment: { NODE_ENV: 'development' } });
});

test('the environment of a part overrides its other variables, and the local provider can be left out', () => {
  const environment = { api: { PORT: '1', LOG_LEVEL: 'debug' } };
  const parts = partsByName({ settings, environment, withLocalProvider: false });
  expect(parts['api']?.environment).toMatchObject(environment.api);
  expect(Object.keys(parts)).toEqual(['api', 'web']);
});
