import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// Only there a package of the system is installed.
test.runIf(process.platform === 'linux')('two processes that install at once take turns', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'apt-'));
  // As the real one: whoever comes second gives up.
  writeFileSync(
    join(bin, 'apt-get'),
    `#!/bin/sh\nmkdir '${bin}/busy' || exit 100\nsleep 0.3\nrmdir '${bin}/busy'\n`,
    { mode: 0o755 },
  );
  const site = {
    environment: { PATH: [bin, process.env['PATH']].join(delimiter) },
    platform: 'linux',
    isRoot: true,
  };
  const script = `
    import { installDebianPackage } from ${JSON.stringify(new URL('installation.ts', import.meta.url))};
    const site = { ...${JSON.stringify(site)}, onAttempt() {} };
    console.log(installDebianPackage({ name: 'chromium', title: 'Chromium' }, site));`;
  const installElsewhere = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    return stdout.trim();
  };
  await expect(Promise.all([installElsewhere(), installElsewhere()])).resolves.toEqual(['true', 'true']);
});
