import * as fc from 'fast-check';

/*
 * The fuzz tests send random input as a browser and as the provider. They expect no 500, no echo of the input, the usual
 * error body and the security headers. An unhandled rejection fails the run.
 *
 * The fixed seed makes every run use the same input. A failure prints the shortest input that fails.
 */
fc.configureGlobal({ seed: 20_261_124, numRuns: 300 });
export const TIMEOUT_MS = 60_000;

/** Marks a text so that the tests find it in answers and log lines. */
export const CANARY = 'canary7';
export const marked = (text: fc.Arbitrary<string>) => text.map((value) => CANARY + value);

export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '\0', '\r\nset-cookie: a=b', '<script>', '__proto__', 'a'.repeat(3000), '\u2028', '"}'),
);
export const anyJson = fc.oneof(fc.jsonValue(), anyText, fc.constantFrom(null, [], {}, 0, -1, true));
/** The characters that Node's parser accepts in a header. */
export const headerText = fc.string({ unit: latin1(), maxLength: 80 });

export function latin1(): fc.Arbitrary<string> {
  return fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCodePoint(code));
}
