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

/** Whether anything at all went wrong. */
function runEverything(): Promise<boolean> {
  const turboBin = inWorkspace('node_modules/turbo/bin/turbo');
  const turbo = spawn(process.execPath, [turboBin, 'run', 'test', '--continue'], {
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
