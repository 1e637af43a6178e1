import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNginx } from '@oneclick/stack/web-servers';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.ts';

/**
 * Starts nginx until the end of the test.
 * @param write puts the files that the configuration includes into the folder, and returns the http block
 * @returns the port of nginx
 */
export async function useNginx(write: (site: { folder: string; port: number }) => string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const nginx = await startNginx({ folder, port, http: write({ folder, port }) });
  onTestFinished(async () => {
    await nginx.stop();
    rmSync(folder, { recursive: true });
  });
  return port;
}
