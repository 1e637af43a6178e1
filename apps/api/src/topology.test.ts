import { expect, test } from 'vitest';
import { computeTopology } from './topology.ts';

const relationOf = (web: string, api: string) => computeTopology([web], api).relation;

test.each([
  ['https://app.example.com', 'https://app.example.com', 'same-origin'],
  ['https://app.example.com', 'https://api.example.com', 'same-site'],
  ['https://app.example.com', 'https://app.example.com:8443', 'same-site'],
  ['https://app.example.co.uk', 'https://api.example.co.uk', 'same-site'],
  ['https://a.co.uk', 'https://b.co.uk', 'cross-site'],
  ['https://a.vercel.app', 'https://b.vercel.app', 'cross-site'],
  ['https://a.github.io', 'https://b.github.io', 'cross-site'],
  ['https://app.example.com', 'https://api.example.org', 'cross-site'],
  ['http://localhost:5173', 'https://localhost:3000', 'cross-site'],
  ['http://localhost:5173', 'http://localhost:5173', 'same-origin'],
  ['http://localhost:5173', 'http://localhost:3000', 'same-site'],
  ['http://[::1]:5173', 'http://[::1]:3000', 'same-site'],
])('a web app at %s and an API at %s are %s', (web, api, relation) => {
  expect(relationOf(web, api)).toBe(relation);
});

test.each([
  ['https://app.example.com', 'https://app.example.com', ['same-origin']],
  ['https://app.example.com', 'https://api.example.com', ['same-site']],
  ['https://app.example.com', 'https://api.example.org', ['cross-site']],
  ['http://localhost:5173', 'http://localhost:5173', ['same-origin']],
  ['http://localhost:5173', 'http://localhost:3000', ['same-site', 'same-origin']],
])('from a web app at %s to an API at %s, Sec-Fetch-Site may be %s', (web, api, sites) => {
  expect([...(computeTopology([web], api).acceptedFetchSites.get(web) ?? [])]).toEqual(sites);
});

test('with several web origins, cookies follow the widest relation, and each origin has its own Sec-Fetch-Site', () => {
  const topology = computeTopology(['https://example.com', 'https://other.org'], 'https://example.com');
  expect(topology.cookieAttributes).toMatchObject({ sameSite: 'none', partitioned: true });
  expect([...(topology.acceptedFetchSites.get('https://example.com') ?? [])]).toEqual(['same-origin']);
});

test.each([
  [['https://app.example.com'], 'https://app.example.com', '__Host-oneclick-session'],
  [['https://app.example.com'], 'https://app.example.com:8443', '__Host-oneclick-session'],
  [
    ['https://other.example.com', 'https://app.example.com'],
    'https://app.example.com',
    '__Host-oneclick-session',
  ],
  [['http://localhost:5173'], 'http://localhost:3000', 'oneclick-session_3000'],
  [['https://app.example.com'], 'https://api.example.com', undefined],
  [['https://app.example.com'], 'https://api.example.org', undefined],
  // All cookies are partitioned. A page of one of the two sites could not delete the hint.
  [['https://example.com', 'https://other.org'], 'https://example.com', undefined],
])('web apps at %j read the hint of an API at %s in the cookie %s', (webOrigins, apiOrigin, name) => {
  expect(computeTopology(webOrigins, apiOrigin).sessionHintName).toBe(name);
});
