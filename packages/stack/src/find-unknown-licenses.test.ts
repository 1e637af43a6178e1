import { expect, test } from 'vitest';
import { findUnknownLicenses } from './find-unknown-licenses.ts';

test.each(['MIT', 'Apache-2.0', '(MIT OR GPL-3.0-or-later)', 'GPL-3.0-only OR ISC', '(MIT AND Zlib)'])(
  'a dependency under %s is accepted',
  (license) => {
    expect(findUnknownLicenses({ [license]: [{ name: 'a' }] })).toEqual([]);
  },
);

test.each(['GPL-3.0-only', 'AGPL-3.0', 'Unknown', 'MIT AND GPL-2.0-only', ''])(
  'a dependency under "%s" is named',
  (license) => {
    const list = { MIT: [{ name: 'a' }], [license]: [{ name: 'b' }, { name: 'c' }] };
    expect(findUnknownLicenses(list)).toEqual([`${license}: b, c`]);
  },
);
