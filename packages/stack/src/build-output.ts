import { existsSync } from 'node:fs';
import { StackError } from './run-parts.ts';
import { inWorkspace } from './workspace.ts';

/** @throws {StackError} if `pnpm build` has not been run */
export function requireBuildOutput(): void {
  const outputs = [
    'apps/api/dist/server.js',
    'apps/web/dist/index.html',
    'apps/web/dist/oauth/callback.html',
  ];
  const missing = outputs.filter((output) => !existsSync(inWorkspace(output)));
  if (missing.length > 0) {
    throw new StackError(`Nothing has been built yet (no ${missing.join(', no ')}): run "pnpm build" first.`);
  }
}
