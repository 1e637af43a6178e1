import { cursorTo, clearLine, moveCursor, type Direction } from 'node:readline';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { startProgress } from './progress.ts';

/** A stream that collects what is written to it, as a terminal or as a file. */
function createStream({ isTerminal }: { isTerminal: boolean }) {
  const stream = new PassThrough();
  const terminal = {
    isTTY: isTerminal,
    columns: 80,
    cursorTo: (column: number) => cursorTo(stream, column),
    moveCursor: (columns: number, lines: number) => moveCursor(stream, columns, lines),
    clearLine: (direction: Direction) => clearLine(stream, direction),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parts of NodeJS.WriteStream that a spinner calls
  const writable = Object.assign(stream, terminal) as unknown as NodeJS.WriteStream;
  return { stream: writable, written: () => String(stream.read() ?? '') };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

function onTerminal(): void {
  vi.stubEnv('CI', undefined);
  vi.stubEnv('TERM', 'xterm');
}

test('on a terminal, one line is updated in place and removed at the end', () => {
  onTerminal();
  const { stream, written } = createStream({ isTerminal: true });
  const progress = startProgress({ stream });
  progress.show('Round', { done: 1, total: 9 });
  progress.show('Round', { done: 2, total: 9 });
  const whileRunning = written();
  expect(stripVTControlCharacters(whileRunning)).toMatch(/ Round: 1 of 9.* Round: 2 of 9$/);
  progress.stop();
  expect(written()).toContain('\u001B[1G\u001B[0K');
  expect(whileRunning).not.toContain('\n');
});

test('on a terminal, a result that is printed meanwhile gets a line of its own', () => {
  onTerminal();
  const { stream, written } = createStream({ isTerminal: true });
  const progress = startProgress({ stream });
  progress.show('Round');
  written();
  stream.write('ratio 2.5\n');
  progress.stop();
  expect(written()).toContain('\u001B[0Kratio 2.5\n');
});

test.each([
  ['in a file', { isTerminal: false }, undefined],
  ['in CI', { isTerminal: true }, 'true'],
])('%s, each step and each tenth of it is one plain line', (_, kind, ci) => {
  onTerminal();
  vi.stubEnv('CI', ci);
  const { stream, written } = createStream(kind);
  const progress = startProgress({ stream });
  progress.show('Building');
  for (let done = 0; done <= 2_000; done += 1) progress.show('Visits', { done, total: 2_000 });
  progress.show('Memory');
  progress.stop();
  const tenths = ['0', '200', '400', '600', '800', '1,000', '1,200', '1,400', '1,600', '1,800', '2,000'];
  expect(written().trimEnd().split('\n')).toEqual([
    'Building',
    ...tenths.map((done) => `Visits: ${done} of 2,000`),
    'Memory',
  ]);
});
