import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** The absolute path of something in this workspace. */
export function inWorkspace(...path: string[]): string {
  return join(workspaceRoot, ...path);
}

export interface WorkspacePackage {
  name: string;
  directory: string;
  scripts: Record<string, string>;
}

export function workspacePackages(): WorkspacePackage[] {
  return globSync('{apps,packages}/*/package.json', { cwd: workspaceRoot })
    .toSorted()
    .map((path) => {
      const file = inWorkspace(path);
      const manifest: { name: string; scripts?: Record<string, string> } = JSON.parse(
        readFileSync(file, 'utf8'),
      );
      return { name: manifest.name, directory: dirname(file), scripts: manifest.scripts ?? {} };
    });
}
