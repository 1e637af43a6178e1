import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as v from 'valibot';
import { parse, parseAllDocuments } from 'yaml';
import rolldownConfig from '../rolldown.config.ts';
import { parseConfig, VARIABLES } from '../src/config.ts';
import { VALID_ENV } from './support/test-api.ts';

/* Compare the files in deploy/ with the code. They need no Docker: artefact.test.ts runs what an image contains. */

const Environment = v.record(v.string(), v.string());
const read = (name: string) => readFileSync(join(import.meta.dirname, '../deploy', name), 'utf8');

const SECRETS: Record<string, string> = {
  client_secret: VALID_ENV.OAUTH_CLIENT_SECRET,
  session_keys: VALID_ENV.SESSION_KEYS,
  redis_url: 'redis://api:password@redis:6379',
};

/** Parses the environment with files in place of the mounted secrets. */
function expectValid(environment: Record<string, string>, mounts: ReadonlySet<string>): void {
  expect(VARIABLES).toEqual(expect.arrayContaining(Object.keys(environment)));
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const local = Object.entries(environment).map(([name, value]) => {
    if (!name.endsWith('_FILE')) return [name, value];
    expect(mounts).toContain(value);
    const path = join(folder, basename(value));
    writeFileSync(path, SECRETS[basename(value)] ?? '');
    return [name, path];
  });
  expect(parseConfig(Object.fromEntries(local))).toMatchObject({ redisUrl: SECRETS['redis_url'] });
}

const Compose = v.object({
  services: v.object({
    api: v.object({ environment: Environment, secrets: v.array(v.string()), mem_limit: v.string() }),
    redis: v.object({ command: v.string(), image: v.string() }),
  }),
  networks: v.object({
    edge: v.object({ ipam: v.object({ config: v.array(v.object({ subnet: v.string() })) }) }),
  }),
  secrets: v.record(v.string(), v.object({ file: v.string() })),
});

test('compose.yaml gives the API a configuration that it accepts, with its secrets as files', () => {
  const { services, networks, secrets } = v.parse(Compose, parse(read('compose.yaml')));
  const { api, redis } = services;
  const shell: Record<string, string> = {
    WEB_ORIGIN: 'https://app.example.com',
    OAUTH_CLIENT_ID: 'client_1',
  };
  const environment = Object.entries(api.environment).map(([name, value]) => [
    name,
    value.replace(/\$\{(\w+):([-?])(.*)\}/, (_, variable: string, kind, fallback: string) =>
      kind === '?' ? (shell[variable] ?? '') : fallback,
    ),
  ]);
  const mounts = new Set(api.secrets.map((name) => `/run/secrets/${name}`));
  expectValid(Object.fromEntries(environment), mounts);
  expect(Object.keys(secrets)).toEqual(expect.arrayContaining(api.secrets));
  expect(networks.edge.ipam.config).toEqual([{ subnet: api.environment['TRUST_PROXY'] }]);
  expect(redis.command).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  expect(redis.image).toMatch(/:\d+\.\d+\.\d+-/);
});

const Probe = v.object({ httpGet: v.object({ path: v.literal('/healthz'), port: v.literal('http') }) });
const Deployment = v.object({
  kind: v.literal('Deployment'),
  spec: v.object({
    replicas: v.literal(2),
    template: v.object({
      spec: v.object({
        terminationGracePeriodSeconds: v.number(),
        securityContext: v.object({ runAsNonRoot: v.literal(true) }),
        containers: v.tuple([
          v.object({
            livenessProbe: Probe,
            readinessProbe: Probe,
            securityContext: v.object({ readOnlyRootFilesystem: v.literal(true) }),
            volumeMounts: v.tuple([v.object({ mountPath: v.string() })]),
          }),
        ]),
      }),
    }),
  }),
});

test('kubernetes.yaml gives the API a configuration that it accepts, and the time to shut down', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml')).map((document): unknown => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
  const Kind = v.object({ kind: v.string() });
  expect(documents.map((document) => v.parse(Kind, document).kind)).toEqual([
    'ConfigMap',
    'Deployment',
    'Service',
    'PodDisruptionBudget',
  ]);
  const { data } = v.parse(v.object({ data: Environment }), documents[0]);
  const { spec } = v.parse(Deployment, documents[1]).spec.template;
  const [{ volumeMounts }] = spec.containers;
  const mounts = Object.keys(SECRETS).map((name) => `${volumeMounts[0].mountPath}/${name}`);
  expectValid(data, new Set(mounts));
  expect(spec.terminationGracePeriodSeconds).toBe(Number(data['DRAIN_SECONDS']) + 30);
});

test('the Dockerfile copies what the build makes, starts its entry, and sets variables that the API reads', () => {
  const dockerfile = read('Dockerfile');
  expect(rolldownConfig).toMatchObject({ input: { server: 'src/main.ts' }, output: { dir: 'dist' } });
  expect(dockerfile).toMatch(/^COPY --from=build \/repository\/apps\/api\/dist \.$/m);
  expect(dockerfile).toMatch(/^CMD \["node", "server\.js"\]$/m);
  const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(images).toEqual(images.map(() => `node:${process.versions.node}-bookworm-slim`));
  const [, assignments = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  const { NODE_ENV, ...variables } = Object.fromEntries(
    assignments.split(' ').map((word) => word.split('=')),
  );
  expect(NODE_ENV).toBe('production');
  expect(VARIABLES).toEqual(expect.arrayContaining(Object.keys(variables)));
  expect(read('Dockerfile.dockerignore').split('\n')).toContain('**/.env');
});
