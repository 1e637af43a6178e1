import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { parseConfig } from '@oneclick/api/config';
import { listen } from '@oneclick/local-provider/listen';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../test/start-server.ts';
import { OperatorError } from '../operator-error.ts';
import { noPrompts, type Prompts } from '../prompts.ts';
import { registerApp, type RegisterAppOptions } from './register-app.ts';

const TOKEN = 'canary-developer-token';
const SECRET = 'secret_canary0123456789';
const WEB_ORIGIN = 'https://app.example.com';

let folder: string;
let envFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'register-app-'));
  envFile = join(folder, '.env');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

async function startProvider(): Promise<string> {
  const provider = await listen({
    host: 'localhost',
    port: 0,
    issuer: undefined,
    app: undefined,
    developerToken: TOKEN,
    accessTokenSeconds: 7200,
    refreshTokenSeconds: 7200,
    codeSeconds: 60,
    openerPolicy: undefined,
  });
  onTestFinished(provider.close);
  return provider.origin;
}

/** A server in place of AIHubMix that answers every request with this. */
function startAnswering(status: number, body: unknown, onRequest?: () => void): Promise<string> {
  return startServer((_request, response) => {
    onRequest?.();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const run = (origin: string, options: Partial<RegisterAppOptions> = {}) =>
  registerApp({
    envFile,
    environment: { DEVELOPER_TOKEN: TOKEN },
    prompts: noPrompts,
    name: 'My app',
    webOrigin: WEB_ORIGIN,
    provider: origin,
    registrationUrl: `${origin}/api/oauth_apps`,
    ...options,
  });

/** The message of a run that fails. It never contains a secret. */
async function messageOf(failing: Promise<unknown>): Promise<string> {
  const message = await failing.then(
    () => 'the app was registered',
    (error: unknown) => (error instanceof OperatorError ? error.message : String(error)),
  );
  expect(message).not.toContain(TOKEN);
  expect(message).not.toContain(SECRET);
  return message;
}

const registered = {
  success: true,
  data: { client_id: 'client_1', client_secret: SECRET, redirect_uri: `${WEB_ORIGIN}/oauth/callback.html` },
};

test('register-app writes a complete configuration that only its owner can read', async () => {
  const origin = await startProvider();
  const sentences = await run(origin);
  const config = parseConfig(parseEnv(readFileSync(envFile, 'utf8')));
  expect(config.provider.clientId).toMatch(/^client_/);
  expect(config.webOrigin).toBe(WEB_ORIGIN);
  expect(config.secrets.sessionKeys).toHaveLength(1);
  expect(statSync(envFile).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['.env']);
  expect(sentences.join()).toContain(`${WEB_ORIGIN}/oauth/callback.html`);
  expect(sentences.join()).not.toContain(config.secrets.clientSecret);
});

test.each([
  ['on this machine', 'http://localhost:5173', 'Next: "npx -y pnpm@12 build" and "npx -y pnpm@12 start".'],
  ['with a host of its own', 'https://app.example.com', 'Next: apps/operator/docs/deploy.md.'],
])('for an app %s, register-app names the next step', async (_, webOrigin, step) => {
  const data = { ...registered.data, redirect_uri: `${webOrigin}/oauth/callback.html` };
  const origin = await startAnswering(200, { ...registered, data });
  expect(await run(origin, { webOrigin })).toContain(step);
});

test('session keys in a file of their own are kept', async () => {
  const keysFile = join(folder, 'keys');
  writeFileSync(keysFile, `k1:${Buffer.alloc(32, 1).toString('base64url')}`);
  writeFileSync(envFile, `SESSION_KEYS_FILE=${keysFile}\n`);
  await run(await startAnswering(200, registered));
  const variables = parseEnv(readFileSync(envFile, 'utf8'));
  expect(variables).toMatchObject({ SESSION_KEYS_FILE: keysFile, OAUTH_CLIENT_ID: 'client_1' });
  expect(variables).not.toHaveProperty('SESSION_KEYS');
});

test('a redirect URI of the environment is registered and written to the file', async () => {
  const redirectUri = `${WEB_ORIGIN}/oauth/callback`;
  const origin = await startAnswering(200, {
    data: { ...registered.data, redirect_uri: redirectUri },
  });
  await run(origin, { environment: { DEVELOPER_TOKEN: TOKEN, OAUTH_REDIRECT_URI: redirectUri } });
  expect(parseEnv(readFileSync(envFile, 'utf8'))['OAUTH_REDIRECT_URI']).toBe(redirectUri);
});

test('the provider accepts the client secret that register-app has written', async () => {
  const origin = await startProvider();
  await run(origin);
  const { provider, secrets } = parseConfig(parseEnv(readFileSync(envFile, 'utf8')));
  const answer = await fetch(provider.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: 'unknown',
      client_id: provider.clientId,
      client_secret: secrets.clientSecret,
    }),
  });
  expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
});

test('the command prints neither the developer token nor the client secret', async () => {
  const origin = await startProvider();
  const command = join(import.meta.dirname, '../register-app.ts');
  // Without `--`, Node.js takes the `--env-file` of the command for its own.
  const args = [
    '--',
    command,
    '--name',
    'My app',
    '--env-file',
    envFile,
    '--registration-url',
    `${origin}/api/oauth_apps`,
  ];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    env: { DEVELOPER_TOKEN: TOKEN, WEB_ORIGIN, OAUTH_PROVIDER: origin },
  });
  const { OAUTH_CLIENT_SECRET: secret = '' } = parseEnv(readFileSync(envFile, 'utf8'));
  expect(secret).toMatch(/^secret_/);
  expect(stdout).toContain('Registered "My app"');
  expect(stdout + stderr).not.toContain(secret);
  expect(stdout + stderr).not.toContain(TOKEN);
});

test('a token given as an argument is refused and not repeated', async () => {
  const command = join(import.meta.dirname, '../register-app.ts');
  const failure = await promisify(execFile)(process.execPath, [command, TOKEN]).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining('It is no option') });
  expect(failure).not.toMatchObject({ stderr: expect.stringContaining(TOKEN) });
});

test('without options, register-app asks for the token, the name, the web origin and the provider', async () => {
  const origin = await startProvider();
  const answers = [TOKEN, 'My app', WEB_ORIGIN, origin];
  const asked: string[] = [];
  const answer = (question: string) => {
    asked.push(question);
    return Promise.resolve(answers[asked.length - 1] ?? '');
  };
  const prompts: Prompts = { ask: answer, askSecret: answer };
  await run(origin, { environment: {}, prompts, name: undefined, webOrigin: undefined, provider: undefined });
  expect(asked.map((question) => /\((.*)\)/.exec(question)?.[1])).toEqual([
    'DEVELOPER_TOKEN',
    '--name',
    '--web-origin',
    '--provider',
  ]);
});

test('without a terminal, register-app names the option that it lacks', async () => {
  const origin = await startProvider();
  expect(await messageOf(run(origin, { name: undefined }))).toContain('--name');
  expect(existsSync(envFile)).toBe(false);
});

test.each(['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET_FILE'])(
  'register-app does not overwrite a file with %s',
  async (name) => {
    let requests = 0;
    const origin = await startAnswering(200, registered, () => (requests += 1));
    writeFileSync(envFile, `${name}=kept\n`);
    expect(await messageOf(run(origin))).toContain(`has ${name} already`);
    expect(readFileSync(envFile, 'utf8')).toBe(`${name}=kept\n`);
    expect(requests).toBe(0);
  },
);

test('register-app keeps the other lines and the session keys of the file', async () => {
  const origin = await startAnswering(200, registered);
  const keys = `old:${Buffer.alloc(32, 7).toString('base64url')}`;
  writeFileSync(envFile, `# mine\nPORT=3001\nOAUTH_CLIENT_ID=\nSESSION_KEYS=${keys}\n`, { mode: 0o644 });
  await run(origin);
  const text = readFileSync(envFile, 'utf8');
  expect(text).toContain('# mine\nPORT=3001\n');
  expect(parseEnv(text)).toMatchObject({ SESSION_KEYS: keys, OAUTH_CLIENT_ID: 'client_1', PORT: '3001' });
  expect(statSync(envFile).mode & 0o777).toBe(0o600);
});

test('a secret with characters that an env file gives a meaning is written as it is', async () => {
  const secret = `a#b"c'd\\n=$e`;
  const origin = await startAnswering(200, { data: { ...registered.data, client_secret: secret } });
  await run(origin);
  expect(parseEnv(readFileSync(envFile, 'utf8'))['OAUTH_CLIENT_SECRET']).toBe(secret);
});

test('settings that the API would refuse are refused before the app is registered', async () => {
  let requests = 0;
  const origin = await startAnswering(200, registered, () => (requests += 1));
  const message = await messageOf(run(origin, { webOrigin: 'https://app.example.com/' }));
  expect(message).toContain('WEB_ORIGIN must be an exact origin');
  expect(requests).toBe(0);
});

test('a folder that does not exist is noticed before the app is registered', async () => {
  let requests = 0;
  const origin = await startAnswering(200, registered, () => (requests += 1));
  const message = await messageOf(run(origin, { envFile: join(folder, 'missing/.env') }));
  expect(message).toContain("can't be written (ENOENT). Nothing was registered.");
  expect(requests).toBe(0);
});

test('the credentials are kept in a file beside the env file if that can no longer be replaced', async () => {
  // A folder at the path of the file, made while AIHubMix answers: it can't be replaced by a file, whoever the user is.
  const origin = await startAnswering(200, registered, () => {
    mkdirSync(envFile);
    writeFileSync(join(envFile, 'child'), '');
  });
  const message = await messageOf(run(origin));
  expect(message).toContain(`The new credentials are in ${envFile}.new`);
  expect(parseEnv(readFileSync(`${envFile}.new`, 'utf8'))['OAUTH_CLIENT_SECRET']).toBe(SECRET);
  expect(statSync(`${envFile}.new`).mode & 0o777).toBe(0o600);

  rmSync(envFile, { recursive: true });
  expect(await messageOf(run(origin))).toContain(`${envFile}.new exists`);
});

const FAILURES = [
  [401, { success: false, message: 'no' }, 'refused the developer token (401)'],
  [403, '', 'refused the developer token (403)'],
  [400, { success: false, message: `bad \u001B[2J ${TOKEN}` }, 'refused the registration (400): bad  [2J …'],
  [200, { success: false, message: 'quota reached' }, 'refused the registration (200): quota reached'],
  [409, { message: 'exists' }, 'an app with the name "My app" already (exists)'],
  [404, 'not here', 'has no registration at /api/oauth_apps (404)'],
  [302, '', 'has no registration at /api/oauth_apps (302)'],
  [429, '', 'too many requests'],
  [422, '', 'refused the registration (422) and gave no reason'],
  [502, '<html>', 'AIHubMix failed (502)'],
  [200, '<html>', 'something that is not a registration'],
  [200, { success: true, data: { client_id: 'client_1' } }, 'something that is not a registration'],
  [200, { data: { ...registered.data, redirect_uri: 'https://other.example' } }, 'another redirect URI'],
] as const;

test.each(FAILURES)(
  'answer %i %j is explained in a sentence, and nothing is written',
  async (status, body, sentence) => {
    const origin = await startAnswering(status, body);
    expect(await messageOf(run(origin))).toContain(sentence);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('a host that does not answer is explained in a sentence, and nothing is written', async () => {
  const message = await messageOf(run('http://127.0.0.1:9'));
  expect(message).toContain('could not be asked: nothing listens there');
  expect(readdirSync(folder)).toEqual([]);
});

test('the developer token is not sent over plain http', async () => {
  const message = await messageOf(run('http://aihubmix.example'));
  expect(message).toContain('--registration-url must be an https URL');
});

test('a file that cannot be read is explained in a sentence', async () => {
  mkdirSync(envFile);
  expect(await messageOf(run('http://127.0.0.1:9'))).toContain("can't be read (EISDIR)");
});
