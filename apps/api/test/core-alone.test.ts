import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const PACKAGE = join(import.meta.dirname, '..');

/** Runs a program of the package, and shows its output if it fails. */
async function run(program: string, args: string[]): Promise<string> {
  const options = { cwd: PACKAGE, env: { ...process.env, NO_COLOR: '1' } };
  const { stdout } = await promisify(execFile)(
    join(PACKAGE, 'node_modules/.bin', program),
    args,
    options,
  ).catch(({ message, stdout: output }: Error & { stdout?: string }) => {
    throw new Error(`${message}\n${output}`);
  });
  return stdout;
}

const PLUGINS = ['redis', 'server-side-flow', 'identity', 'operations'];
/** A line of app.ts that imports or registers one of the plugins. */
const PLUGIN_LINE =
  /^import .*\/(?:redis|server-side-flow|identity|operations)\/|register\((?:redis|serverSideFlow|identity|operations)\b/;

test('the core type-checks and passes its tests without the folders of the plugins', async () => {
  // The copy is in the folder of the package, so that imports find its dependencies.
  const copy = await mkdtemp(join(PACKAGE, '.core-alone-'));
  onTestFinished(() => rm(copy, { recursive: true }));
  for (const path of [
    'src',
    'test/support',
    'test/doubles',
    'package.json',
    '.env.example',
    'vitest.config.ts',
  ]) {
    await cp(join(PACKAGE, path), join(copy, path), { recursive: true });
  }
  for (const plugin of PLUGINS) await rm(join(copy, 'src', plugin), { recursive: true });
  const app = await readFile(join(copy, 'src/app.ts'), 'utf8');
  const lines = app.split('\n');
  const coreLines = lines.filter((line) => !PLUGIN_LINE.test(line));
  expect(lines.length - coreLines.length).toBe(2 * PLUGINS.length);
  await writeFile(join(copy, 'src/app.ts'), coreLines.join('\n'));
  await writeFile(
    join(copy, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.base.json', include: ['src'] }),
  );

  await run('tsc', ['-p', copy]);
  const output = await run('vitest', ['run', '--root', copy]);
  expect(stripVTControlCharacters(output)).toMatch(/Test Files {2}2\d passed/);
}, 300_000);
