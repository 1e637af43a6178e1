import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { environment } from './environment.ts';
import { reportFile, summarizeTests } from './test-summary.ts';
import { inWorkspace, workspacePackages } from './workspace.ts';

/*
 * `pnpm test`: the tests of every package, then what they add up to. The last line is for whoever reads nothing
 * else, and for machines.
 */

const packages = workspacePackages();
// A report left over from last time would speak for tests that did not run this time.
for (const workspacePackage of packages) rmSync(reportFile(workspacePackage), { force: true });

const hasRunFailed = await runEverything();
const { table, closingLine, isFailure } = summarizeTests({ packages, hasRunFailed });
console.log(`\n${table}\n\n${closingLine}`);
if (hasRunFailed || isFailure) process.exitCode = 1;

/**
 * One package after the other: each of them uses all the cores there are, and browsers that wait for each other's
 * turn would look like pages that hang.
 * @returns whether anything at all went wrong
 */
function runEverything(): Promise<boolean> {
  const turboBin = inWorkspace('node_modules/turbo/bin/turbo');
  const turbo = spawn(process.execPath, [turboBin, 'run', 'test', '--continue', '--concurrency=1'], {
    cwd: inWorkspace(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...environment, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  });
  // Ctrl-C reaches turbo by itself and is only waited for; what reaches this process alone is passed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => turbo.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    turbo.once('error', reject);
    turbo.once('close', (code) => resolve(code !== 0));
  });
}
