import { getDomain } from 'tldts';

/** How the web app's origin relates to the API's, as a browser sees it. */
type SiteRelation = 'same-origin' | 'same-site' | 'cross-site';

/** Everything that follows from where the web app and the API are served: cookies, CORS, Fetch Metadata. */
export interface Topology {
  /** The widest relation among the web origins. */
  relation: SiteRelation;
  /** False on plain-http loopback only. */
  isSecure: boolean;
  /** For each allowed `Origin`, the values of `Sec-Fetch-Site` a browser can honestly send with it. */
  acceptedFetchSites: ReadonlyMap<string, ReadonlySet<string>>;
  /** Browsers treat the two as one origin only if they are; else answers need CORS headers. */
  needsCors: boolean;
  cookieAttributes: CookieAttributes;
  /** What a cookie is called here: prefixed where browsers hold the prefix to its promise. */
  nameCookie: (name: string) => string;
}

interface CookieAttributes {
  path: '/';
  httpOnly: true;
  secure: boolean;
  sameSite: 'strict' | 'lax' | 'none';
  partitioned: boolean;
}

export function computeTopology(webOrigins: readonly string[], apiOrigin: string): Topology {
  const api = new URL(apiOrigin);
  const isSecure = api.protocol === 'https:';
  const relations = new Map(webOrigins.map((origin) => [origin, relationOf(new URL(origin), api)]));
  const relation = (['cross-site', 'same-site'] as const).find((wide) =>
    [...relations.values()].includes(wide),
  );

  return {
    relation: relation ?? 'same-origin',
    isSecure,
    acceptedFetchSites: new Map(
      [...relations].map(([origin, each]) => [
        origin,
        // In development the web server may hand /api on, so that the browser sees one origin where we see two.
        new Set(each === 'same-site' && !isSecure ? ['same-site', 'same-origin'] : [each]),
      ]),
    ),
    needsCors: relation !== undefined,
    cookieAttributes: {
      path: '/',
      httpOnly: true,
      secure: isSecure,
      // Lax on loopback: a page that was reached from elsewhere keeps its session while one develops.
      sameSite: isSecure ? (relation === 'cross-site' ? 'none' : 'strict') : 'lax',
      // Third-party cookies are blocked by default, or will be: a partitioned one is this web app's own.
      partitioned: relation === 'cross-site',
    },
    // `__Host-Http-` proves that the cookie was set by a server, over https, for this host alone, and never by a
    // script (RFC 10017 §6.1.3.2). Cookies ignore ports, so on loopback the port is what tells two apps apart.
    nameCookie: (name) => (isSecure ? `__Host-Http-${name}` : `${name}_${api.port || '80'}`),
  };
}

function relationOf(web: URL, api: URL): SiteRelation {
  if (web.origin === api.origin) return 'same-origin';
  return siteOf(web) === siteOf(api) ? 'same-site' : 'cross-site';
}

/** A site is a scheme and a registrable domain; two customers of one hosting company are two sites. */
function siteOf({ protocol, hostname }: URL): string {
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`;
}
