import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finding, REMEDIES } from './finding.ts';

test('the runbook names no finding that does not exist', async () => {
  const runbook = await readFile(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  const named: string[] = [];
  let column = -1;
  for (const line of runbook.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const doctor = cells.findIndex((cell) => cell.startsWith('doctor'));
    if (doctor > 0) column = doctor;
    else for (const [, code] of (cells[column] ?? '').matchAll(/`(\w+)`/g)) named.push(code ?? '');
  }
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((code) => !(code in REMEDIES))).toEqual([]);
});

test('control characters of another server do not reach the terminal', () => {
  const { problem } = finding('web_redirected', 'The page redirects to \u001b[2J\u009b31m\r\n\u202ex.');
  expect(problem).toBe('The page redirects to  [2J 31m x.');
});
