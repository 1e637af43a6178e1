/** The output of `pnpm licenses list --json`: packages by their license, an SPDX expression. */
export type LicenseList = Record<string, { name: string }[]>;

/** They allow every use, and ask for a notice at most. MPL-2.0 asks for changes to its own files. */
const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'Unlicense',
  'Zlib',
]);

/**
 * Finds the packages whose license a person has to read first.
 *
 * @returns one line for each license, with its packages
 */
export function findUnknownLicenses(list: LicenseList): string[] {
  return Object.entries(list)
    .filter(([expression]) => !isAccepted(expression))
    .map(([expression, packages]) => `${expression}: ${packages.map(({ name }) => name).join(', ')}`);
}

/** Of `A OR B`, the user chooses one. An expression in parentheses inside of another one is not accepted. */
function isAccepted(expression: string): boolean {
  const choices = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((license) => ACCEPTED.has(license)));
}
