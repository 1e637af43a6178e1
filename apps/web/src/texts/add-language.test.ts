// @vitest-environment node
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/* Follows the steps of "Add a language" in README.md, in a copy of the sources. */

const ROOT = join(import.meta.dirname, '../../../..');
const PACKAGES = ['packages/shared', 'packages/sign-in', 'apps/web', 'apps/local-provider'];

const LOCALES = 'packages/shared/src/languages.ts';
/** The files of the second step, and the lines that each of them needs, each before the line of another language. */
const LINES: Record<string, [before: string, line: string][]> = {
  [LOCALES]: [["  'zh-Hans': '", "  fr: 'Français',\n"]],
  'apps/web/src/texts/language.ts': [
    ["  'zh-Hans': async", "  fr: async () => (await import('./fr.ts')).fr,\n"],
  ],
  'apps/web/src/texts/load-late-texts.ts': [
    ["  'zh-Hans': async", "  fr: async () => (await import('./late-fr.ts')).lateFr,\n"],
  ],
  'apps/web/src/deployment/brand-link-texts.ts': [
    ["  'zh-Hans': {", "  fr: { terms: 'Conditions', help: 'Aide' },\n"],
  ],
  'packages/sign-in/src/pages/page-texts.ts': [
    ['import * as ja', "import * as fr from './texts/fr.ts';\n"],
    ["  'zh-Hans': zhHans.callback", '  fr: fr.callback,\n'],
    ["  'zh-Hans': zhHans.lateCallback", '  fr: fr.lateCallback,\n'],
    ["  'zh-Hans': zhHans.opening", '  fr: fr.opening,\n'],
  ],
  'apps/local-provider/src/pages/texts.ts': [
    ['import { ja }', "import { fr } from './texts/fr.ts';\n"],
    ["'zh-Hans': zhHans", 'fr, '],
  ],
};

async function copySources(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'add-language-'));
  onTestFinished(() => rm(copy, { recursive: true }));
  for (const name of PACKAGES) {
    for (const part of ['src', 'node_modules', 'package.json', 'tsconfig.json']) {
      // The links between the packages are relative, so they lead to the copies.
      await cp(join(ROOT, name, part), join(copy, name, part), { recursive: true, verbatimSymlinks: true });
    }
  }
  await cp(join(ROOT, 'tsconfig.base.json'), join(copy, 'tsconfig.base.json'));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const files = Object.keys(LINES).map((file) => join(copy, file));
  await writeFile(
    join(copy, 'apps/web/tsconfig.json'),
    (await readFile(join(copy, 'apps/web/tsconfig.json'), 'utf8')).replace(
      '"include": ["src", "*.ts"]',
      `"files": ${JSON.stringify(files)}`,
    ),
  );
  return copy;
}

/** Returns the files that do not compile. */
function filesWithErrors(copy: string): Promise<string[]> {
  const folder = join(copy, 'apps/web');
  return new Promise((resolve, reject) => {
    execFile(
      join(folder, 'node_modules/.bin/tsc'),
      ['--pretty', 'false'],
      { cwd: folder },
      (error, output) => {
        const paths = output.match(/^[^\s(]+(?=\(\d+,\d+\): error)/gm) ?? [];
        if (error && paths.length === 0) return reject(new Error(output, { cause: error }));
        const files = paths.map((path) => join(folder, path).slice(copy.length + 1));
        resolve([...new Set(files)].toSorted());
      },
    );
  });
}

/** Into a French that reads like Japanese. The compiler does not read it. */
function translate(text: string): string {
  return text
    .replaceAll(/\bja\b/g, 'fr')
    .replace('lateJa', 'lateFr')
    .replaceAll('Japanese', 'French');
}

test('a fifth language compiles after the steps of the README, and not before', async () => {
  const copy = await copySources();
  const edit = async (file: string, change: (text: string) => string, source = file) =>
    writeFile(join(copy, file), change(await readFile(join(copy, source), 'utf8')));

  await edit(LOCALES, (text) => text.replace("'zh-Hans']", "'zh-Hans', 'fr']"));
  expect(await filesWithErrors(copy)).toEqual(Object.keys(LINES).toSorted());

  for (const folder of [
    'apps/web/src/texts',
    'packages/sign-in/src/pages/texts',
    'apps/local-provider/src/pages/texts',
  ]) {
    await edit(`${folder}/fr.ts`, translate, `${folder}/ja.ts`);
  }
  await edit('apps/web/src/texts/late-fr.ts', translate, 'apps/web/src/texts/late-ja.ts');
  for (const [file, lines] of Object.entries(LINES)) {
    await edit(file, (text) =>
      lines.reduce((edited, [before, line]) => edited.replace(before, line + before), text),
    );
  }
  expect(await filesWithErrors(copy)).toEqual([]);
}, 60_000);
