import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { inWorkspace } from '../src/workspace.ts';

test('a Git that converts line endings, as on Windows, leaves those of the repository as they are', async () => {
  const original = mkdtempSync(join(tmpdir(), 'original-'));
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  const git = (...args: string[]) => execa('git', args, { cwd: original });
  const files = ['.gitattributes', '.ci/run', 'README.md', 'package.json', 'packages/stack/src/preflight.js'];
  for (const file of files) cpSync(inWorkspace(file), join(original, file));
  await git('init', '--quiet');
  await git('add', '--all');
  await git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message=test');
  await git('clone', '--quiet', '--config', 'core.autocrlf=true', original, clone);
  for (const file of files) {
    expect(readFileSync(join(clone, file), 'utf8')).toBe(readFileSync(inWorkspace(file), 'utf8'));
  }
});
