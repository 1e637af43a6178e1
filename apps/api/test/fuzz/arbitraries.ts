import * as fc from 'fast-check';

/*
 * Whatever comes in, from a browser or from the provider: never a 500, nothing echoed, always the one form of an
 * error and the headers that protect it. A promise that nobody waits for fails the run by itself.
 *
 * The seed makes each run the same walk; another seed is another walk. A failure prints the shortest input that fails.
 */
fc.configureGlobal({ seed: 20_261_124, numRuns: 300 });
export const TIMEOUT_MS = 60_000;

/** Marks a text, so that it is found wherever it comes out again. */
export const CANARY = 'canary7';
export const marked = (text: fc.Arbitrary<string>) => text.map((value) => CANARY + value);

export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '\0', '\r\nset-cookie: a=b', '<script>', '__proto__', 'a'.repeat(3000), '\u2028', '"}'),
);
export const anyJson = fc.oneof(fc.jsonValue(), anyText, fc.constantFrom(null, [], {}, 0, -1, true));
/** What can be in a header: Node's parser lets nothing else through. */
export const headerText = fc.string({ unit: latin1(), maxLength: 80 });

export function latin1(): fc.Arbitrary<string> {
  return fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCodePoint(code));
}
