import { isLoopback } from '@oneclick/shared/is-loopback';
import { sessionHintName } from '@oneclick/shared/session-hint';
import { getDomain } from 'tldts';

/** How the web app's origin relates to the API's, as a browser sees it. */
type SiteRelation = 'same-origin' | 'same-site' | 'cross-site';

/** Everything that follows from where the web app and the API are served: cookies, CORS, Fetch Metadata. */
export interface Topology {
  /** The widest relation among the web origins. */
  relation: SiteRelation;
  /** False on plain-http loopback only. */
  isSecure: boolean;
  /** Whether the API is on this machine, for development. */
  isLoopback: boolean;
  /** For each allowed `Origin`, the values of `Sec-Fetch-Site` that a browser sends with it. */
  acceptedFetchSites: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether a web origin differs from the origin of the API, so that answers need CORS headers. */
  needsCors: boolean;
  cookieAttributes: CookieAttributes;
  /** The full name of a cookie. It has the prefix where browsers enforce it. */
  nameCookie: (name: string) => string;
  /** The full name of the cookie that tells a page about its session. Undefined if no page can read the API's cookies. */
  sessionHintName: string | undefined;
}

interface CookieAttributes {
  path: '/';
  httpOnly: boolean;
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
    isLoopback: isLoopback(api.hostname),
    acceptedFetchSites: new Map(
      [...relations].map(([origin, each]) => [
        origin,
        // In development the web server may forward /api, so that the browser sees one origin.
        new Set(each === 'same-site' && !isSecure ? ['same-site', 'same-origin'] : [each]),
      ]),
    ),
    needsCors: relation !== undefined,
    cookieAttributes: {
      path: '/',
      httpOnly: true,
      secure: isSecure,
      // Lax on loopback: in development, a page that is opened from a link elsewhere keeps its session.
      sameSite: isSecure ? (relation === 'cross-site' ? 'none' : 'strict') : 'lax',
      // Browsers block third-party cookies unless they are partitioned.
      partitioned: relation === 'cross-site',
    },
    // `__Host-Http-` proves that the cookie was set by a server, over https, for this host alone, and never by a
    // script (RFC 10017 §6.1.3.2). Cookies ignore ports, so on loopback the name contains the port of the API.
    nameCookie: (name) => (isSecure ? `__Host-Http-${name}` : `${name}_${api.port || '80'}`),
    sessionHintName:
      relation !== 'cross-site' && webOrigins.some((origin) => new URL(origin).hostname === api.hostname)
        ? sessionHintName(api)
        : undefined,
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
