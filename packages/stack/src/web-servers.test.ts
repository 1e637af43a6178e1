import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { expect, onTestFinished, test } from 'vitest';
import { installedWebServers, startCaddy } from './web-servers.ts';

test.skipIf(!installedWebServers.caddy)(
  'a server that listens on another port is stopped, and the error has its output (needs Caddy)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'web-servers-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [port, otherPort] = [await getPort(), await getPort()];
    writeFileSync(join(folder, 'Caddyfile'), `{\n  admin off\n}\nhttp://127.0.0.1:${otherPort} {\n}\n`);
    // Caddy has printed something by then, or prints something when it is stopped.
    await expect(startCaddy({ folder, port, readyTimeoutMs: 500 })).rejects.toThrow(
      new RegExp(`does not listen on port ${port}: .*"level"`),
    );
  },
);
