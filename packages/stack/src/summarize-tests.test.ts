import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { summarizeTests, type TestRun } from './summarize-tests.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'summary-'));
});

interface Counts {
  tests: number;
  failures?: number;
  errors?: number;
  content?: string;
}

/** A report as Vitest and Playwright write it. */
function report({ tests, failures = 0, errors = 0, content = '' }: Counts): string {
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}"`;
  return `<testsuites name="" ${counts}>\n<testsuite name="apps/web/a.test.ts" ${counts}>${content}</testsuite>\n</testsuites>\n`;
}

function run(name: string, text?: string, more: Partial<TestRun> = {}): TestRun {
  const reportFile = join(folder, `${name}.xml`);
  if (text !== undefined) writeFileSync(reportFile, text);
  return { name, reportFile, exitCode: 0, ...more };
}

test('the closing line adds up all runs', () => {
  const runs = [run('Vitest', report({ tests: 120 })), run('Playwright', report({ tests: 31 }))];
  expect(summarizeTests(runs)).toEqual({
    remarks: [],
    closingLine: '151 passed, 0 failed',
    isFailure: false,
  });
});

test('skipped tests are counted apart, and each reason is named once', () => {
  const content = '<property name="skip" value="Firefox is not installed"></property><skipped/>'.repeat(2);
  expect(summarizeTests([run('Playwright', report({ tests: 5, content }))])).toEqual({
    remarks: ['Skipped: Firefox is not installed'],
    closingLine: '3 passed, 0 failed, 2 skipped',
    isFailure: false,
  });
});

test('failures and errors are failed tests', () => {
  const runs = [run('Vitest', report({ tests: 5, failures: 1, errors: 1 }), { exitCode: 1 })];
  expect(summarizeTests(runs)).toEqual({ remarks: [], closingLine: '3 passed, 2 failed', isFailure: true });
});

test('each failed test is named with the start of its message', () => {
  const content = [
    '<testcase classname="a.test.ts" name="a &gt; is &quot;b&quot;"><failure message="expected 1 to be 2\nat once" type="E">',
    '</failure></testcase><testcase classname="a.test.ts" name="passes"></testcase>',
    '<testcase name="d › throws" classname="d.test.ts"><error message="first" type="Error"></error></testcase>',
  ].join('\n');
  const { remarks } = summarizeTests([run('Vitest', report({ tests: 3, failures: 1, errors: 1, content }))]);
  expect(remarks).toEqual([
    'Failed: a.test.ts: a > is "b": expected 1 to be 2 at once',
    'Failed: d.test.ts: d › throws: first',
  ]);
});

test.each([
  ['a run without a report', undefined, {}, 'Vitest left no report of a test that ran.'],
  [
    'half a report',
    '<testsuites tests="5">\n<testsuite name="a" tests="5">',
    {},
    'Vitest left no report of a test that ran.',
  ],
  ['a report without a test', report({ tests: 0 }), {}, 'Vitest left no report of a test that ran.'],
  [
    'a failed run without a failed test',
    report({ tests: 5 }),
    { exitCode: 1 },
    'Vitest failed, and its output',
  ],
  ['a killed run', report({ tests: 5 }), { exitCode: undefined }, 'Vitest failed, and its output'],
  [
    'a folder of which no test ran',
    report({ tests: 5 }),
    { folders: ['apps/web', 'apps/we'] },
    'Vitest ran no test of apps/we.',
  ],
])('%s counts as a failure and is explained', (_, text, more, remark) => {
  const runs = [run('Playwright', report({ tests: 10 })), run('Vitest', text, more)];
  const { remarks, closingLine, isFailure } = summarizeTests(runs);
  expect(closingLine).toMatch(/^1[05] passed, 1 failed$/);
  expect(remarks).toEqual([expect.stringContaining(remark)]);
  expect(isFailure).toBe(true);
});

test('a test that prints a report does not change the counts', () => {
  const content = '<system-out><![CDATA[\n<testsuites tests="1000" failures="1"><skipped/>\n]]></system-out>';
  expect(summarizeTests([run('Playwright', report({ tests: 5, content }))]).closingLine).toBe(
    '5 passed, 0 failed',
  );
});
