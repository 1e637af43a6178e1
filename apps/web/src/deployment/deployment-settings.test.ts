// @vitest-environment node
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseDeploymentSettings, SettingsError } from './deployment-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(folder, 'logo-')), 'logo.svg');
  writeFileSync(path, text);
  return path;
}

const LOGO = '<?xml version="1.0"?>\n<!-- Acme -->\n<svg xmlns="http://www.w3.org/2000/svg"/>';

/** The lines of the message. Empty if the settings are accepted. */
function faultsOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    parseDeploymentSettings(environment);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message.split('\n  ').slice(1);
  }
}

test('without a variable every setting stays as the build has it', () => {
  const unset = parseDeploymentSettings({ PATH: '/bin' });
  expect(unset).toEqual({ accents: {}, links: {} });
  expect(parseDeploymentSettings({ API_ORIGIN: '', BRAND_NAME: '', LANGUAGES: '' })).toEqual(unset);
});

test('all settings are read', () => {
  expect(
    parseDeploymentSettings({
      API_ORIGIN: 'https://api.example.com',
      BRAND_NAME: 'Acme',
      BRAND_LOGO: fileWith(LOGO),
      BRAND_ACCENT: '#b4400f',
      BRAND_ACCENT_DARK: '#FF9D66',
      BRAND_TERMS_URL: 'https://acme.example/{language}/terms',
      BRAND_HELP_URL: 'mailto:help@acme.example',
      LANGUAGES: 'ko, en',
    }),
  ).toEqual({
    apiOrigin: 'https://api.example.com',
    name: 'Acme',
    logo: LOGO,
    accents: { light: '#b4400f', dark: '#FF9D66' },
    links: { terms: 'https://acme.example/{language}/terms', help: 'mailto:help@acme.example' },
    languages: ['ko', 'en'],
  });
});

test('an accent colour that can be seen in both themes is enough', () => {
  expect(parseDeploymentSettings({ BRAND_ACCENT: '#3b82f6' }).accents).toEqual({
    light: '#3b82f6',
    dark: '#3b82f6',
  });
});

const API_RULE =
  'API_ORIGIN must be an exact origin such as https://api.example.com (http on loopback only; no path, no trailing slash)';
const NAME_RULE = 'BRAND_NAME must be a name of 1 to 60 characters in one line, without "|"';
const linkRule = (name: string) => `${name} must be an address that begins with https:// or mailto:`;
const LANGUAGES_RULE =
  'LANGUAGES must be one or more of en, ko, ja, zh-Hans, each once, with commas between them';
const COLOUR_RULE = 'BRAND_ACCENT must be a colour such as #4f46e5';

test.each<[name: string, value: string, fault: string]>([
  ['API_ORIGIN', 'https://api.example.com/', API_RULE],
  ['API_ORIGIN', 'https://api.example.com/v1', API_RULE],
  ['API_ORIGIN', 'http://api.example.com', API_RULE],
  ['API_ORIGIN', 'api.example.com', API_RULE],
  ['API_ORIGIN', 'https://*.example.com', API_RULE],
  ['API_ORIGIN', 'https://api.example.com;', API_RULE],
  ['API_ORIGIN', 'https://a"b', API_RULE],
  ['API_ORIGIN', 'https://api.example.com.', API_RULE],
  ['BRAND_NAME', 'Acme | Pay', NAME_RULE],
  ['BRAND_NAME', 'Acme\nPay', NAME_RULE],
  ['BRAND_NAME', ' ', NAME_RULE],
  ['BRAND_NAME', 'A'.repeat(61), NAME_RULE],
  ['BRAND_ACCENT', 'red', COLOUR_RULE],
  ['BRAND_ACCENT', '#4f4', COLOUR_RULE],
  ['BRAND_ACCENT', '#4f46e5;}body{display:none', COLOUR_RULE],
  ['BRAND_TERMS_URL', 'javascript:alert(1)', linkRule('BRAND_TERMS_URL')],
  ['BRAND_TERMS_URL', 'http://acme.example/terms', linkRule('BRAND_TERMS_URL')],
  ['BRAND_HELP_URL', '//acme.example', linkRule('BRAND_HELP_URL')],
  ['BRAND_HELP_URL', 'https://', linkRule('BRAND_HELP_URL')],
  ['LANGUAGES', 'en,fr', LANGUAGES_RULE],
  ['LANGUAGES', 'en,en', LANGUAGES_RULE],
  ['LANGUAGES', 'en,', LANGUAGES_RULE],
  ['LANGUAGES', 'EN', LANGUAGES_RULE],
])('%s "%s" is refused', (name, value, fault) => {
  expect(faultsOf({ [name]: value })).toEqual([fault]);
});

test('a logo that cannot be read, is no SVG or is too large is refused', () => {
  const missing = join(folder, 'missing.svg');
  const rule = 'BRAND_LOGO must be the path of an SVG file';
  expect(faultsOf({ BRAND_LOGO: missing })).toEqual([`${rule}: ${missing} can't be read (ENOENT)`]);
  expect(faultsOf({ BRAND_LOGO: folder })).toEqual([`${rule}: ${folder} can't be read (EISDIR)`]);
  for (const text of ['', '\u0089PNG', '<html><svg></svg></html>', `<svg>${' '.repeat(20_000)}</svg>`]) {
    expect(faultsOf({ BRAND_LOGO: fileWith(text) })).toEqual([`${rule} of at most 20000 bytes`]);
  }
});

test('an accent colour that the focus outline would hardly show is refused, in each theme', () => {
  const light =
    'BRAND_ACCENT must have a contrast of at least 3:1 to #f5f6fa and #ffffff, the background in the light theme';
  const dark =
    'BRAND_ACCENT_DARK must have a contrast of at least 3:1 to #0f111a and #181b27, the background in the dark theme (if it is unset, it is BRAND_ACCENT)';
  expect(faultsOf({ BRAND_ACCENT: '#9d9dff' })).toEqual([light]);
  expect(faultsOf({ BRAND_ACCENT: '#1a1a80' })).toEqual([dark]);
  expect(faultsOf({ BRAND_ACCENT_DARK: '#1a1a80' })).toEqual([dark]);
  expect(faultsOf({ BRAND_ACCENT: '#1a1a80', BRAND_ACCENT_DARK: '#9d9dff' })).toEqual([]);
});

test('all faults are named at once, with those of the names', () => {
  const faults = faultsOf({
    API_ORIGIN: 'https://api.example.com/v1',
    BRAND_ACCENT: '#ffffff',
    BRAND_HELP_URL: 'javascript:alert(1)',
    BRAND_COLOR: '#4f46e5',
  });
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'API_ORIGIN',
    'BRAND_HELP_URL',
    'BRAND_ACCENT',
    'BRAND_COLOR',
  ]);
  expect(faults.at(-1)).toMatch(/^BRAND_COLOR is unknown: the names are API_ORIGIN, BRAND_NAME, /);
});
