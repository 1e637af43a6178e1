// @vitest-environment node
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { buildInlineScript } from './build-inline-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'inline-script-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the modules, and builds the script from the first one. */
async function build(modules: Record<string, string>, options: { target?: string } = {}): Promise<string> {
  for (const [name, source] of Object.entries(modules)) writeFileSync(join(folder, name), source);
  const app = await resolveConfig({ root: folder, configFile: false, logLevel: 'warn' }, 'build');
  return buildInlineScript(app, { entry: join(folder, Object.keys(modules)[0]!), ...options });
}

test('a script with an import becomes one line without an import', async () => {
  const script = await build({
    'choose.ts': `import { theme } from './theme.ts';\n\ndocument.title = theme('dark');\n`,
    'theme.ts': 'export const theme = (name: string): string => `the ${name} theme`;',
  });
  expect(script).not.toMatch(/\n|\bimport\b|\bexport\b/);
  const document = { title: '' };
  // oxlint-disable-next-line typescript/no-implied-eval -- the script as a page would run it
  new Function('document', script)(document);
  expect(document.title).toBe('the dark theme');
});

test('the syntax of the script is that of its target', async () => {
  const modules = { 'optional.ts': 'document.title = globalThis.name?.trim() ?? "";' };
  expect(await build(modules)).toContain('?.');
  expect(await build(modules, { target: 'es2015' })).not.toContain('?.');
});

test.each([
  { name: 'the end of a script', text: '</script>' },
  { name: 'the start of a comment', text: '<!--' },
  { name: 'a line break', text: '\n' },
])('$name in a text is escaped', async ({ text }) => {
  const script = await build({ 'escaped.ts': `document.title = \`${text}\`;` });
  expect(script).not.toContain(text);
  const document = { title: '' };
  // oxlint-disable-next-line typescript/no-implied-eval -- the script as a page would run it
  new Function('document', script)(document);
  expect(document.title).toBe(text);
});

test.each([
  { name: 'the start of a comment', text: '<!--' },
  { name: 'a line break', text: '\n' },
])('a script with $name that cannot be escaped is refused', async ({ text }) => {
  await expect(build({ 'refused.ts': `document.title = String.raw\`${text}\`;` })).rejects.toThrow(
    'cannot be put into a page',
  );
});
