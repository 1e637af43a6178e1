import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '../../..');
const INDEX = join(import.meta.dirname, '../docs/security-tests.md');

interface Requirement {
  title: string;
  source: string | undefined;
  tests: { file: string; name: string }[];
  hasReason: boolean;
}

/** Reads the line forms that the head of the index describes. Every other line under a requirement is returned as unknown. */
function readIndex(): { requirements: Requirement[]; unknownLines: string[] } {
  const requirements: Requirement[] = [];
  const unknownLines: string[] = [];
  for (const line of readFileSync(INDEX, 'utf8').split('\n')) {
    const requirement = requirements.at(-1);
    if (line.startsWith('### ')) {
      requirements.push({ title: line.slice(4), source: undefined, tests: [], hasReason: false });
    } else if (
      requirement === undefined ||
      line === '' ||
      line.startsWith('## ') ||
      line.startsWith('<!-- ')
    ) {
      continue;
    } else if (line.startsWith('Source: ')) {
      requirement.source = line.slice(8);
    } else if (line.startsWith('- No test: ')) {
      requirement.hasReason = true;
    } else if (line.startsWith('- `') && line.includes('` › ')) {
      const [file = '', ...name] = line.slice(3).split('` › ');
      requirement.tests.push({ file, name: name.join('` › ') });
    } else if (!line.startsWith('- Limit: ')) {
      unknownLines.push(line);
    }
  }
  return { requirements, unknownLines };
}

const sources = new Map<string, string>();

/** Whether the file contains the name between quotation marks. A name in a template is written with its placeholders. */
function hasTest({ file, name }: { file: string; name: string }): boolean {
  const path = join(REPOSITORY, file);
  if (!existsSync(path)) return false;
  const source = sources.get(path) ?? readFileSync(path, 'utf8').replaceAll('\\', '');
  sources.set(path, source);
  return ["'", '"', '`'].some((quote) => source.includes(quote + name + quote));
}

const { requirements, unknownLines } = readIndex();

test('the index of security tests contains only the line forms that its head describes', () => {
  expect(unknownLines).toEqual([]);
});

test('the requirements of the index of security tests are numbered without a gap', () => {
  expect(requirements.length).toBeGreaterThanOrEqual(100);
  const numbers = requirements.map(({ title }) => Number.parseInt(title, 10));
  expect(numbers).toEqual(requirements.map((_, index) => index + 1));
});

test('every security requirement has a source, and either tests or a reason why it has none', () => {
  const incomplete = requirements.filter(
    ({ source, tests, hasReason }) => !source || tests.length > 0 === hasReason,
  );
  expect(incomplete.map(({ title }) => title)).toEqual([]);
});

test('every test that the index of security tests names exists', () => {
  const missing = requirements.flatMap(({ title, tests }) =>
    tests
      .filter((named) => !hasTest(named))
      .map(({ file, name }) => `${file} › ${name} (requirement ${title})`),
  );
  expect(missing, 'apps/api/docs/security-tests.md names tests that do not exist').toEqual([]);
});
