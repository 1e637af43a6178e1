import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { summarizeTests } from './test-summary.ts';
import type { WorkspacePackage } from './workspace.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'summary-'));
});

function workspacePackage(name: string, report?: object | string): WorkspacePackage {
  const directory = join(root, name);
  mkdirSync(directory);
  const text = typeof report === 'string' ? report : JSON.stringify(report);
  if (report !== undefined) writeFileSync(join(directory, 'test-report.json'), text);
  return { name, directory, scripts: { test: 'some runner' } };
}

function vitest(passed: number, { failed = 0, skipped = 0, loads = true } = {}) {
  const success = failed === 0 && loads;
  return {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    success,
  };
}

function playwright(
  expected: number,
  { unexpected = 0, flaky = 0, skipped = 0, errors = [] as object[] } = {},
) {
  return { stats: { expected, unexpected, flaky, skipped }, errors };
}

test('adds up the reports of both runners, package by package', () => {
  const packages = [
    workspacePackage('api', vitest(120)),
    workspacePackage('e2e', playwright(30, { flaky: 1, skipped: 2 })),
    { ...workspacePackage('no-tests'), scripts: {} },
  ];
  expect(summarizeTests({ packages, hasRunFailed: false })).toEqual({
    table: [
      '      passed   failed  skipped',
      'api      120        0        0',
      'e2e       31        0        2  1 passed only when repeated',
    ].join('\n'),
    closingLine: '151 passed, 0 failed, 2 skipped',
    isFailure: false,
  });
});

test('says why tests were skipped, once for each reason', () => {
  const skipped = { annotations: [{ type: 'skip', description: 'Firefox is not installed.' }] };
  const suites = [{ suites: [{ specs: [{ tests: [skipped] }, { tests: [skipped] }] }] }];
  const packages = [workspacePackage('e2e', { ...playwright(30, { skipped: 2 }), suites })];
  const { table, isFailure } = summarizeTests({ packages, hasRunFailed: false });
  expect(table.split('\n')[1]).toBe('e2e       30        0        2  Firefox is not installed.');
  expect(isFailure).toBe(false);
});

test('says nothing about skipped tests if there are none', () => {
  const packages = [workspacePackage('api', vitest(3, { failed: 1 }))];
  const { closingLine, isFailure } = summarizeTests({ packages, hasRunFailed: true });
  expect(closingLine).toBe('3 passed, 1 failed');
  expect(isFailure).toBe(true);
});

test.each([
  ['no report', undefined, 'no report: its tests did not run to the end'],
  ['half a report', '{"numPassedTests":', 'its report cannot be read'],
  ['a report of another kind', {}, 'its report cannot be read'],
  ['a test file that does not load', vitest(5, { loads: false }), 'a test file could not be run'],
  ['an error outside of the tests', playwright(5, { errors: [{}] }), 'an error outside of its tests'],
])('%s counts as a failure and is explained', (_, report, remark) => {
  const packages = [workspacePackage('api', vitest(10)), workspacePackage('web', report)];
  const { table, closingLine, isFailure } = summarizeTests({ packages, hasRunFailed: false });
  expect(closingLine).toMatch(/^1[05] passed, 1 failed$/);
  expect(table).toContain(remark);
  expect(isFailure).toBe(true);
});

test('a run that failed is never summed up as all passed', () => {
  const packages = [workspacePackage('api', vitest(10))];
  const { closingLine, isFailure } = summarizeTests({ packages, hasRunFailed: true });
  expect(closingLine).toBe('10 passed, 1 failed');
  expect(isFailure).toBe(true);
});

test('a run without a single test is a failure', () => {
  const packages = [workspacePackage('api', vitest(0, { skipped: 4 }))];
  const { closingLine, isFailure } = summarizeTests({ packages, hasRunFailed: false });
  expect(closingLine).toBe('0 passed, 1 failed, 4 skipped');
  expect(isFailure).toBe(true);
});
