import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspacePackage } from './workspace.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Row extends Counts {
  name: string;
  /** What the numbers alone don't say. */
  remark?: string | undefined;
}

/** Where a package's test script leaves its results, whichever runner it uses. */
export function reportFile({ directory }: WorkspacePackage): string {
  return join(directory, 'test-report.json');
}

/**
 * What the reports of all packages add up to. Whoever should have reported and did not counts as one failure, so
 * that nothing goes missing quietly.
 */
export function summarizeTests({
  packages,
  hasRunFailed,
}: {
  packages: WorkspacePackage[];
  /** Whether the run itself ended with a failure, whatever the reports say. */
  hasRunFailed: boolean;
}): { table: string; closingLine: string; isFailure: boolean } {
  const rows = packages.filter(({ scripts }) => scripts['test'] !== undefined).map(readRow);
  const failureOfRun = (remark: string) =>
    rows.push({ name: '(the run itself)', passed: 0, failed: 1, skipped: 0, remark });
  const { passed, failed } = sum(rows);
  if (hasRunFailed && failed === 0)
    failureOfRun('it ended with a failure that no report mentions: see above');
  else if (passed + failed === 0) failureOfRun('no test ran');

  const total = sum(rows);
  const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
  return {
    table: formatTable(rows),
    closingLine: `${total.passed} passed, ${total.failed} failed${skipped}`,
    isFailure: total.failed > 0,
  };
}

function readRow(workspacePackage: WorkspacePackage): Row {
  const { name } = workspacePackage;
  const file = reportFile(workspacePackage);
  const failure = { name, passed: 0, failed: 1, skipped: 0 };
  if (!existsSync(file)) return { ...failure, remark: 'no report: its tests did not run to the end' };
  try {
    const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return { name, ...readReport(report) };
  } catch {
    return { ...failure, remark: 'its report cannot be read' };
  }
}

function readReport(report: unknown): Omit<Row, 'name'> {
  if (!isRecord(report)) throw new Error('A report is an object.');
  return isRecord(report['stats']) ? readPlaywrightReport(report, report['stats']) : readVitestReport(report);
}

function readVitestReport(report: Record<string, unknown>): Omit<Row, 'name'> {
  const counts = {
    passed: numberIn(report, 'numPassedTests'),
    failed: numberIn(report, 'numFailedTests'),
    skipped: numberIn(report, 'numPendingTests') + numberIn(report, 'numTodoTests'),
  };
  const isFileBroken = report['success'] !== true && counts.failed === 0;
  return isFileBroken ? { ...counts, failed: 1, remark: 'a test file could not be run' } : counts;
}

function readPlaywrightReport(
  report: Record<string, unknown>,
  stats: Record<string, unknown>,
): Omit<Row, 'name'> {
  const flaky = numberIn(stats, 'flaky');
  const counts = {
    passed: numberIn(stats, 'expected') + flaky,
    failed: numberIn(stats, 'unexpected'),
    skipped: numberIn(stats, 'skipped'),
  };
  const isRunBroken = Array.isArray(report['errors']) && report['errors'].length > 0 && counts.failed === 0;
  if (isRunBroken) return { ...counts, failed: 1, remark: 'an error outside of its tests' };
  const remarks = [
    ...(flaky === 0 ? [] : [`${flaky} passed only when repeated`]),
    ...new Set(skipReasons(report['suites'])),
  ];
  return remarks.length === 0 ? counts : { ...counts, remark: remarks.join('; ') };
}

/** Why tests did not run, wherever in a Playwright report they stand. */
function skipReasons(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(skipReasons);
  if (!isRecord(value)) return [];
  const { type, description } = value;
  if (type === 'skip') return typeof description === 'string' ? [description] : [];
  return ['suites', 'specs', 'tests', 'annotations'].flatMap((key) => skipReasons(value[key]));
}

function numberIn(record: Record<string, unknown>, key: string): number {
  const value = record[key];
  if (typeof value !== 'number') throw new Error(`A report has the number ${key}.`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sum(rows: Row[]): Counts {
  const add = (key: keyof Counts) => rows.reduce((total, row) => total + row[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

function formatTable(rows: Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, numbers: (string | number)[], remark = '') =>
    `${name.padEnd(width)}${numbers.map((number) => String(number).padStart(9)).join('')}  ${remark}`.trimEnd();
  return [
    line('', ['passed', 'failed', 'skipped']),
    ...rows.map(({ name, passed, failed, skipped, remark }) => line(name, [passed, failed, skipped], remark)),
  ].join('\n');
}
