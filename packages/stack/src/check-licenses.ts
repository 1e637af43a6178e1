import { execa } from 'execa';
import { findUnknownLicenses, type LicenseList } from './find-unknown-licenses.ts';
import { inWorkspace } from './workspace.ts';

/* A part of `pnpm check`: every installed dependency has a license that this project accepts. */

const { stdout } = await execa('pnpm', ['licenses', 'list', '--recursive', '--json'], {
  cwd: inWorkspace('.'),
});
const licenses: LicenseList = JSON.parse(stdout);
const unknown = findUnknownLicenses(licenses);
if (unknown.length > 0) {
  console.error(
    ['Dependencies with a license that this project does not accept yet:', ...unknown].join('\n  '),
  );
  process.exitCode = 1;
}
