// @vitest-environment node
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * The package as a team gets it from a registry: packed, unpacked beside the team's app, then type-checked, built and
 * imported from there.
 */

const PACKAGE = join(import.meta.dirname, '..');
const SHARED = join(PACKAGE, '../shared');

const folder = mkdtempSync(join(tmpdir(), 'packed-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, args: string[], cwd: string, environment: NodeJS.ProcessEnv = {}): string {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  expect(status, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

beforeAll(() => {
  for (const [name, source] of [
    ['shared', SHARED],
    ['sign-in', PACKAGE],
  ] as const) {
    rmSync(join(source, 'dist'), { recursive: true, force: true });
    run('pnpm', ['build'], source);
    run('pnpm', ['pack', '--out', join(folder, `${name}.tgz`)], source);
    const target = join(folder, 'node_modules/@oneclick', name);
    mkdirSync(target, { recursive: true });
    run('tar', ['-xzf', join(folder, `${name}.tgz`), '-C', target, '--strip-components=1'], folder);
  }
  link('parse5', PACKAGE);
  link('terser', PACKAGE);
  link('valibot', SHARED);
}, 120_000);

/** Puts a dependency of another package beside the unpacked ones. */
function link(name: string, from: string): void {
  const target = join(folder, 'node_modules', name);
  rmSync(target, { force: true });
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(from, 'node_modules', name), target, 'junction');
}

const unpacked = (name: string) => join(folder, 'node_modules/@oneclick', name);

test.each(['shared', 'sign-in'])(
  'the tarball of %s contains what its exports name, and no source or test',
  (name) => {
    const files = globSync('**/*', { cwd: unpacked(name), withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(unpacked(name).length + 1));
    const unexpected = files.filter(
      (file) =>
        !['package.json', 'README.md', 'LICENSE'].includes(file) &&
        !/^dist\/[\w/-]+(?:\.js|\.d\.ts)$/.test(file) &&
        !/^src\/pages\/[\w-]+\.(?:html|css)$/.test(file),
    );
    expect(unexpected).toEqual([]);

    const { exports } = JSON.parse(readFileSync(join(unpacked(name), 'package.json'), 'utf8'));
    const named = [exports].flatMap(function paths(entry: unknown): string[] {
      return typeof entry === 'string' ? [entry] : Object.values(entry ?? {}).flatMap(paths);
    });
    expect(named.filter((path) => !globSync(path, { cwd: unpacked(name) }).length)).toEqual([]);
  },
);

test("the README shows the team's app as the tests use it", () => {
  const unindented = readFileSync(join(PACKAGE, 'README.md'), 'utf8').replaceAll(/^ {4}/gm, '');
  for (const file of ['main.tsx', 'vite.config.ts']) {
    expect(unindented).toContain(readFileSync(join(import.meta.dirname, 'team-app', file), 'utf8'));
  }
});

test('the README shows the recipes as the tests run them', () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  for (const file of ['usage.tsx', 'usage.test.tsx', 'plain-page/index.html', 'plain-page/main.ts']) {
    expect(readme).toContain(readFileSync(join(import.meta.dirname, 'recipes', file), 'utf8'));
  }
});

test('the README shows how a server checks an identity token as the tests do it', () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  for (const file of ['identify.ts', 'identify.py']) {
    expect(readme).toContain(readFileSync(join(import.meta.dirname, 'own-server', file), 'utf8'));
  }
});

test('Node imports the packed core and creates a client without a document', () => {
  const script = `
    import { createSignInClient } from '@oneclick/sign-in';
    const client = createSignInClient();
    console.log(client.getSession().status);
    client.close();
  `;
  expect(run('node', ['--input-type=module', '--eval', script], folder)).toBe('loading\n');
});

test.each(['team-app', 'react-18'])(
  "the team's app type-checks and builds with the dependencies of %s",
  (name) => {
    const app = join(folder, name);
    cpSync(join(import.meta.dirname, 'team-app'), app, {
      recursive: true,
      filter: (path) => !/node_modules|dist/.test(path.slice(import.meta.dirname.length)),
    });
    for (const dependency of [
      '@tanstack/react-query',
      '@types/react',
      '@types/react-dom',
      'react',
      'react-dom',
    ]) {
      link(dependency, join(import.meta.dirname, name));
    }
    for (const dependency of ['@vitejs/plugin-react', 'typescript', 'vite']) {
      link(dependency, join(import.meta.dirname, 'team-app'));
    }
    run('node', [join(folder, 'node_modules/typescript/bin/tsc'), '-p', '.'], app);
    run('node', [join(folder, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], app);
    const built = globSync('**/*.html', { cwd: join(app, 'dist') });
    expect(built.toSorted()).toEqual(
      ['index.html', 'oauth/callback.html', 'oauth/opening.html'].map((path) => join(path)),
    );

    const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
    const [program = ''] = /(?<=```js\n)\/\/ configure\.js.+?(?=```)/s.exec(readme) ?? [];
    writeFileSync(join(app, 'configure.js'), program);
    run('node', ['configure.js'], app, { API_ORIGIN: 'https://api.example.com' });
    const page = readFileSync(join(app, 'configured/dist/oauth/callback.html'), 'utf8');
    expect(page).toContain('<meta name="api-origin" content="https://api.example.com">');
  },
  60_000,
);
