import { ServerSideCallbackQuery } from '@oneclick/shared/messages';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ConfigError, parseConfig, VARIABLES, type Secrets } from '../../src/config.ts';
import { parseReturnPath } from '../../src/server-side-flow/return-path.ts';
import { createSealer, defineCookie } from '../../src/http/sealed-cookie.ts';
import { VALID_ENV, WEB_ORIGIN } from '../support/test-api.ts';
import { computeTopology } from '../../src/topology.ts';
import { parseTopupUrl } from '../../src/provider/topup-url.ts';
import { anyJson, anyText, CANARY, marked } from './arbitraries.ts';

const hosts = new Set(['pay.example', 'shop.example:8443']);
const url = fc.oneof(
  anyJson,
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .tuple(
      fc.constantFrom('https:', 'http:', 'HTTPS:', 'javascript:', 'data:', 'blob:https:', ''),
      fc.constantFrom('//', '/', '\\\\', '/\\', '///', ''),
      fc.constantFrom(
        'pay.example',
        'PAY.example',
        'pay.example.',
        'pay。example',
        'shop.example:8443',
        'pay.example:444',
        'evil.example',
      ),
      fc.oneof(fc.constantFrom('', '/', '@evil.example/', '.evil.example', '\t', '#', '?'), anyText),
    )
    .map((parts) => parts.join('')),
  anyText.map((text) => `https://pay.example${text}`),
);

test('any parsed top-up link is https and on an allowed host', () => {
  fc.assert(
    fc.property(url, (value) => {
      const parsed = parseTopupUrl(value, hosts);
      if (parsed === undefined) return;
      const { protocol, host, username, password, href } = new URL(parsed);
      expect([protocol, hosts.has(host), username + password, href]).toEqual(['https:', true, '', parsed]);
      expect(parsed).toMatch(/^https:\/\/[\x21-\x7e]{1,2040}$/);
    }),
    { numRuns: 3000 },
  );
});

test('any parsed return path stays on the web origin', () => {
  const path = fc.oneof(
    url,
    fc.webPath(),
    fc
      .array(fc.constantFrom('/', '\\', '.', '..', '//', 'evil.example', '@', ':', '%2f', '\t', '?', '#'), {
        maxLength: 8,
      })
      .map((parts) => `/${parts.join('')}`),
  );
  fc.assert(
    fc.property(path, (value) => {
      const parsed = parseReturnPath(value, WEB_ORIGIN);
      expect(parsed).toMatch(/^\/(?![/\\])/);
      expect(new URL(parsed, WEB_ORIGIN).origin).toBe(WEB_ORIGIN);
      expect(new URL(WEB_ORIGIN + parsed).origin).toBe(WEB_ORIGIN);
    }),
    { numRuns: 3000 },
  );
});

test('any environment is parsed or reported without quoting a value', () => {
  const name = fc.constantFrom(...VARIABLES);
  const value = fc.oneof(
    marked(anyText),
    marked(anyText).map((text) => `https://${text}`),
    marked(anyText).map((text) => `redis://:${text}@127.0.0.1`),
    fc.webUrl().map((text) => `${text}/${CANARY}`),
    fc.integer().map(String),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value), (env) => {
      expect(faultsOf({ ...VALID_ENV, ...env }).join()).not.toContain(CANARY);
    }),
    { numRuns: 2000 },
  );
});

test('no changed cookie opens', () => {
  const topology = computeTopology([WEB_ORIGIN], WEB_ORIGIN);
  const cookie = defineCookie('__Host-Http-x', topology);
  const secrets: Pick<Secrets, 'sessionKeys'> = {
    sessionKeys: [{ kid: 'k1', bytes: new Uint8Array(32).fill(1) }],
  };
  const sealer = createSealer({ secrets, purpose: 'x', schema: v.object({ text: v.string() }) });
  const sealed = sealer.seal({ text: 'hello' });
  const header = fc
    .record(
      {
        alg: fc.constantFrom('dir', 'none', 'A256GCMKW', 'PBES2-HS256+A128KW', 'RSA-OAEP'),
        enc: fc.constantFrom('A256GCM', 'A128CBC-HS256'),
        kid: fc.oneof(fc.constantFrom('k1', '__proto__'), anyJson),
        typ: fc.constantFrom('x+jwe', 'y+jwe'),
        zip: fc.constant('DEF'),
        crit: anyJson,
        p2c: fc.nat(),
        p2s: fc.string(),
      },
      { requiredKeys: [] },
    )
    .map((fields) => Buffer.from(JSON.stringify(fields)).toString('base64url'));
  const parts = sealed.split('.');
  const value = fc.oneof(
    anyText,
    fc
      .tuple(fc.nat(sealed.length - 1), fc.string({ maxLength: 3 }))
      .map(([at, text]) => sealed.slice(0, at) + text + sealed.slice(at + text.length)),
    header.map((head) => [head, ...parts.slice(1)].join('.')),
    fc
      .array(fc.oneof(fc.constantFrom(...parts), fc.base64String()), { maxLength: 6 })
      .map((some) => some.join('.')),
  );
  fc.assert(
    fc.property(value, (given) => {
      const opened = sealer.open(cookie, { cookies: { [cookie.name]: given } });
      expect(opened.status === 'ok').toBe(given === sealed);
    }),
    { numRuns: 2000 },
  );
});

test('any parsed authorization response has a valid state, code and error', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('code', 'state', 'error', 'iss', '__proto__'), anyJson),
      (query) => {
        const parsed = v.safeParse(ServerSideCallbackQuery, query);
        if (!parsed.success) return;
        expect(parsed.output.state ?? '').toMatch(/^(?:[\w-]{43})?$/);
        expect(parsed.output.code ?? '').toMatch(/^[\x20-\x7e]{0,2048}$/);
        expect(parsed.output.error ?? '').toMatch(/^[\x20-\x7e]{0,128}$/);
      },
    ),
  );
});

/** Throws any error but a ConfigError. */
function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults;
  }
}
