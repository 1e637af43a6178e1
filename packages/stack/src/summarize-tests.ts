import { existsSync, readFileSync } from 'node:fs';

/** A run of Vitest or Playwright. Both write reports in the JUnit format. */
export interface TestRun {
  name: string;
  exitCode: number | undefined;
  reportFile: string;
  /** The report has to name a test file of each of these folders. */
  folders?: string[];
}

/**
 * Adds up the reports of all runs. A run without a complete report, a run that failed without a failed test, and a
 * folder of which no test ran count as one failure each.
 *
 * @returns `remarks` explain these failures and the skipped tests, and name the failed tests: a log that contains only
 * the end of the output shows them, too
 */
export function summarizeTests(runs: TestRun[]): {
  remarks: string[];
  closingLine: string;
  isFailure: boolean;
} {
  const total = { tests: 0, failed: 0, skipped: 0 };
  const problems: string[] = [];
  const failedTests: string[] = [];
  const skipReasons = new Set<string>();
  for (const { name, exitCode, reportFile, folders = [] } of runs) {
    const report = readReport(reportFile);
    const [root = ''] = /<testsuites [^>]+>/.exec(report) ?? [];
    const count = (attribute: string) => Number(new RegExp(` ${attribute}="(\\d+)"`).exec(root)?.[1] ?? 0);
    const failed = count('failures') + count('errors');
    total.tests += count('tests');
    total.failed += failed;
    total.skipped += report.split('<skipped').length - 1;
    for (const [, reason = ''] of report.matchAll(/<property name="skip" value="([^"]+)"/g))
      skipReasons.add(reason);
    failedTests.push(...findFailedTests(report));

    if (count('tests') === 0) problems.push(`${name} left no report of a test that ran.`);
    else if (exitCode !== 0 && failed === 0) problems.push(`${name} failed, and its output above says why.`);
    const silent = folders.filter((folder) => root && !report.includes(`<testsuite name="${folder}/`));
    problems.push(...silent.map((folder) => `${name} ran no test of ${folder}.`));
  }
  const failed = total.failed + problems.length;
  const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
  return {
    remarks: [
      ...problems,
      ...failedTests.map((test) => `Failed: ${test}`),
      ...[...skipReasons].map((reason) => `Skipped: ${reason}`),
    ],
    closingLine: `${total.tests - total.failed - total.skipped} passed, ${failed} failed${skipped}`,
    isFailure: failed > 0,
  };
}

/** File, name and the start of the message of each failed test. */
function findFailedTests(report: string): string[] {
  return report.split('<testcase ').flatMap((testcase) => {
    const [, failure] = /<(?:failure|error) ([^>]*)/.exec(testcase) ?? [];
    if (failure === undefined) return [];
    const [file, name] = [readAttribute('classname', testcase), readAttribute('name', testcase)];
    const message = readAttribute('message', failure).replaceAll(/\s+/g, ' ');
    return [`${file}: ${name}: ${message.slice(0, 300)}`];
  });
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function readAttribute(name: string, tag: string): string {
  const [, value = ''] = new RegExp(`(?:^| )${name}="([^"]*)"`).exec(tag) ?? [];
  return value.replaceAll(/&(\w+);/g, (entity, key: string) => ENTITIES[key] ?? entity);
}

/** The report without the output of tests, which may contain anything. Empty if the report is missing or not complete. */
function readReport(file: string): string {
  const report = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return report.trimEnd().endsWith('</testsuites>') ? report.replaceAll(/<!\[CDATA\[[^]*?\]\]>/g, '') : '';
}
