import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from './environment.ts';

/** The paths of all programs of these names that PATH leads to, in the order of the names. */
export function programsOnPath(
  names: string[],
  { environment, platform }: { environment: Environment; platform: NodeJS.Platform },
): string[] {
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  const suffix = platform === 'win32' ? '.exe' : '';
  return names
    .flatMap((name) => directories.map((directory) => join(directory, name + suffix)))
    .filter(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
