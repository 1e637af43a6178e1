import { CACHE_FOR_EVER, type HeaderManifest, headersFor } from '../headers.ts';

/*
 * The headers of `headersFor`, written for servers that read them from a file. Each file says how it is used.
 */

/** The headers of some paths of the site, as far as they differ from those of the paths around. */
interface Rule {
  /** The paths, as a `_headers` file writes them. */
  paths: string[];
  /** The same paths as a regular expression. */
  pattern: string;
  headers: Record<string, string>;
}

interface Site {
  /** For all paths without a rule. */
  headers: Record<string, string>;
  /** The first rule that matches a path and has the header decides. */
  rules: Rule[];
  assetsDir: string;
  assets: string[];
}

/** The headers whose values depend on the path, each with the name of a variable for the value. */
const VARIABLES: Record<string, string> = {
  'Content-Security-Policy': 'oneclick_policy',
  'Cross-Origin-Opener-Policy': 'oneclick_opener_policy',
  'Referrer-Policy': 'oneclick_referrer_policy',
  'Cache-Control': 'oneclick_cache',
};

/** Returns the header files of a build by name. */
export function headerFiles(manifest: HeaderManifest): Map<string, string> {
  const headers = headersFor('/', manifest);
  const windowHeaders = headersFor('/oauth/', manifest);
  const pages = Object.keys(manifest.pages).filter((page) => page !== '/index.html');
  const rules = [
    ...pages.map((page) => ({
      ...pathsOf(page),
      headers: changed(headersFor(page, manifest), page.startsWith('/oauth/') ? windowHeaders : headers),
    })),
    { paths: ['/oauth/*'], pattern: '^/oauth/', headers: changed(windowHeaders, headers) },
  ];
  const { assetsDir = 'assets', assets } = manifest;
  const site: Site = { headers, rules, assetsDir, assets };
  return new Map([
    ['headers.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['nginx-maps.conf', nginxMaps(site)],
    ['nginx-headers.conf', nginxHeaders(site)],
    ['caddy-headers.conf', caddyHeaders(site)],
    ['_headers', hostHeaders(site)],
  ]);
}

function changed(headers: Record<string, string>, from: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => from[name] !== value));
}

/** The path of a page's file, and the path that a server may make of it. */
function pathsOf(page: string): Omit<Rule, 'headers'> {
  const [, start = '', end = ''] = /^(.*?)(index\.html|\.html)$/.exec(page) ?? [];
  return { paths: [page, start], pattern: `^${escapeRegExp(start)}(?:${escapeRegExp(end)})?$` };
}

const escapeRegExp = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

function nginxMaps({ headers, rules, assetsDir }: Site): string {
  const maps = Object.entries(VARIABLES).map(([name, variable]) => {
    const lines = rules.flatMap((rule) =>
      rule.headers[name] ? `    "~${rule.pattern}" "${rule.headers[name]}";\n` : [],
    );
    if (name === 'Cache-Control') lines.push(`    "~^/${assetsDir}/" "${CACHE_FOR_EVER}";\n`);
    return `map $uri $${variable} {\n    default "${headers[name]}";\n${lines.join('')}}\n`;
  });
  return `\
# Written by the build. Include it in the http block: it defines the variables of nginx-headers.conf. nginx chooses their
# values by the file that it serves, so a fallback to index.html gets the headers of index.html.

${maps.join('\n')}
map $status $oneclick_error_cache {
    default "";
    "~^[45]" "no-store";
}
`;
}

function nginxHeaders({ headers }: Site): string {
  const lines = Object.entries(headers).map(([name, value]) => {
    // Without "always", nginx does not add the header to an error: a missing asset is not kept for a year.
    const always = name === 'Cache-Control' ? '' : ' always';
    return `add_header ${name} "${VARIABLES[name] ? `$${VARIABLES[name]}` : value}"${always};\n`;
  });
  return `\
# Written by the build. Include it in each location that serves files of the build, and not where nginx forwards requests
# to the API, whose answers have headers of their own. A location with an add_header of its own inherits none.

${lines.join('')}add_header Cache-Control "$oneclick_error_cache" always;
`;
}

function caddyHeaders({ headers, rules, assetsDir }: Site): string {
  const maps = Object.entries(VARIABLES).map(([name, variable]) => {
    const lines = rules.flatMap((rule) =>
      rule.headers[name] ? `\t"~${rule.pattern}" "${rule.headers[name]}"\n` : [],
    );
    return `map {path} {${variable}} {\n${lines.join('')}\tdefault "${headers[name]}"\n}\n`;
  });
  const lines = Object.entries(headers)
    .filter(([name]) => name !== 'Cache-Control')
    .map(([name, value]) => `\t${name} "${VARIABLES[name] ? `{${VARIABLES[name]}}` : value}"\n`);
  return `\
# Written by the build. Import it in the block that serves the files of the build, below "root", and not where Caddy
# forwards requests to the API, whose answers have headers of their own.

${maps.join('')}
header {
${lines.join('')}}

# An asset that is not there is answered with 404, which must not be kept for a year.
@oneclick_asset {
	path /${assetsDir}/*
	file
}
@oneclick_no_asset not {
	path /${assetsDir}/*
	file
}
header @oneclick_asset Cache-Control "${CACHE_FOR_EVER}"
header @oneclick_no_asset Cache-Control "{${VARIABLES['Cache-Control']}}"
`;
}

/** @see https://developers.cloudflare.com/pages/configuration/headers/ and https://docs.netlify.com/routing/headers/ */
function hostHeaders({ headers, rules, assets }: Site): string {
  return [
    `\
# Written by the build, for static hosts that read a file of this name: copy it into the folder that you publish.
# The rules go from general to special. Where several match, Netlify takes the last value. Cloudflare joins the values,
# unless a line with "!" removes the earlier ones; Netlify ignores these lines.
# The assets are listed one by one: a rule for all of them would also make browsers keep the 404 of a missing one.

`,
    hostRule('/*', headers),
    ...rules
      .toReversed()
      .flatMap((rule) => rule.paths.map((path) => hostRule(path, rule.headers, { isReplacement: true }))),
    ...assets.map((path) => hostRule(path, { 'Cache-Control': CACHE_FOR_EVER }, { isReplacement: true })),
  ].join('');
}

function hostRule(path: string, headers: Rule['headers'], { isReplacement = false } = {}): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${isReplacement ? `  ! ${name}\n` : ''}  ${name}: ${value}\n`,
  );
  return `${path}\n${lines.join('')}`;
}
