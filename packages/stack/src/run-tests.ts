import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { startProgress } from './progress.ts';
import { setUpTests } from './set-up-tests.ts';
import { StackError } from './start-parts.ts';
import { summarizeTests } from './summarize-tests.ts';
import { inWorkspace } from './workspace.ts';

/*
 * `pnpm test`: installs missing programs, runs Vitest, builds, runs Playwright. The last line is the sum of all tests;
 * CI reads it. `pnpm test --all-browsers` also installs Firefox and WebKit.
 */

const VITEST_REPORT = inWorkspace('test-report.xml');
const PLAYWRIGHT_REPORT = inWorkspace('apps/e2e/test-report.xml');

// Vitest, turbo and Playwright show their own progress on the terminal.
const progress = startProgress({ isInPlace: false });

try {
  progress.show('Step 1 of 4: looking for the programs that tests need');
  await setUpTests({ withAllBrowsers: process.argv.includes('--all-browsers') });
  // A report of an earlier run would count tests that did not run this time.
  for (const report of [VITEST_REPORT, PLAYWRIGHT_REPORT]) rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=junit', `--outputFile.junit=${VITEST_REPORT}`];
  progress.show('Step 2 of 4: Vitest');
  const vitest = await run('vitest', ['run', ...reporters]);
  progress.show('Step 3 of 4: build');
  const build = await run('turbo', ['run', 'build']);
  progress.show('Step 4 of 4: Playwright');
  const playwright = build === 0 ? await run('playwright', ['test'], 'apps/e2e') : build;

  const folders = globSync('{apps,packages}/*/package.json', { cwd: inWorkspace('.') })
    .filter((manifest) => readFileSync(inWorkspace(manifest), 'utf8').includes('"test": "vitest'))
    .map((manifest) => dirname(manifest).replaceAll('\\', '/'));
  const { remarks, closingLine, isFailure } = summarizeTests([
    { name: 'Vitest', exitCode: vitest, reportFile: VITEST_REPORT, folders },
    { name: 'Playwright', exitCode: playwright, reportFile: PLAYWRIGHT_REPORT },
  ]);
  console.log(['', ...remarks, closingLine].join('\n'));
  if (isFailure) process.exitCode = 1;
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof StackError ? error.message : error);
  console.log('0 passed, 1 failed');
}

/** Runs a command that a folder's dependencies bring, and resolves with its exit code. */
async function run(command: string, args: string[], folder = '.'): Promise<number | undefined> {
  const { exitCode } = await execa(command, args, {
    cwd: inWorkspace(folder),
    env: { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    preferLocal: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  return exitCode;
}
