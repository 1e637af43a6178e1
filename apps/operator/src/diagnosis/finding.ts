/** The remedy of each fault, by its code. Scripts rely on the codes: none changes its name or its meaning. */
export const REMEDIES = {
  // The configuration
  setting_invalid: 'Correct the variable. The table in apps/api/README.md explains each one.',
  setting_unknown: 'The API reads no variable of this name, so correct its spelling or delete it.',
  env_file_readable: 'Run "chmod 600" on the file: it contains secrets.',
  redirect_uri_wrong:
    'Remove OAUTH_REDIRECT_URI, so that it follows from WEB_ORIGIN, and register /oauth/callback.html of the first WEB_ORIGIN with AIHubMix.',
  cross_site:
    'Serve both on one site, for example app.example.com and api.example.com, or forward /api/ on the host of the web app. Browsers that block third-party cookies refuse to sign in across sites.',
  trust_proxy_missing:
    'Set TRUST_PROXY to the addresses of your reverse proxies. Without it, all users share one rate limit.',
  provider_on_this_machine: 'Set OAUTH_PROVIDER to the https address at which AIHubMix users sign in.',

  // Connections
  unreachable:
    'Start the server, and check the host name, the port and the firewall between this machine and it.',
  certificate_expired: 'Renew the certificate, and make the server load the new one.',
  certificate_expires_soon: 'Renew the certificate now, and find out why it was not renewed automatically.',
  certificate_not_yet_valid:
    'Correct the clock of this machine, or install a certificate that is valid today.',
  certificate_for_another_name: 'Install a certificate that names this host.',
  certificate_chain_incomplete:
    'Let the server send its intermediate certificates too: the file is often called fullchain.pem. With a CA of your own, name its certificate in NODE_EXTRA_CA_CERTS.',
  certificate_not_trusted:
    'Install a certificate of a public CA. With a CA of your own, name its certificate in NODE_EXTRA_CA_CERTS for the API and for this command.',
  clock_differs: 'Synchronize the clocks with NTP: lifetimes of tokens and sessions are computed from them.',

  // The web app
  web_not_served: 'Let the web server answer this address with index.html of the build.',
  web_redirected: 'Put the origin that browsers end at into WEB_ORIGIN, or stop the redirect.',
  development_server:
    'Run "npx -y pnpm@12 build" and serve apps/web/dist. The development server is for one machine.',
  api_origin_tag_missing: 'Serve a page that was built with the plugin signIn() of @oneclick/sign-in/vite.',
  api_origin_tag_wrong:
    'Write API_ORIGIN into <meta name="api-origin"> of all pages when you configure the build, or leave it empty if the API is on the origin of the page.',
  window_page_missing: 'Serve the folder oauth/ of the build at the root of this origin.',
  app_under_sub_path:
    'Serve the folder oauth/ of the build at the root of the origin too: the app may live below a path, its sign-in window may not.',
  window_page_redirected:
    'Turn off the "clean URL" rule or other redirects for /oauth/*.html. A redirect works only if it keeps the query and ends at the same page, for which the API needs a host of its own: /oauth/callback is a path of the API.',
  window_page_answered_by_app:
    'Exclude /oauth/ from the fallback to index.html, and serve the files of the build there.',
  window_page_changed:
    'Exclude /oauth/ from whatever adds or rewrites scripts: CDN optimizers, analytics, consent banners. The page receives the authorization code.',
  window_page_cached: 'Send Cache-Control: no-store for /oauth/, and exclude it from the cache of the CDN.',
  window_page_referrer:
    'Send Referrer-Policy: no-referrer for /oauth/: the address contains the authorization code.',
  opener_policy_cuts_window:
    'Send the Cross-Origin-Opener-Policy of the generated header files: "unsafe-none" for /oauth/, "same-origin-allow-popups" for the app.',
  page_cached:
    'Send Cache-Control: no-cache for the pages, so that browsers ask for the new build after a deploy.',
  header_missing: 'Use the header files that the build writes to dist-headers.',
  policy_missing: 'Use the header files that the build writes to dist-headers.',
  policy_blocks_page:
    'Deploy the pages and the header files of one build together, and let nothing change the pages on the way.',
  policy_blocks_api: 'Configure the build with the origin of the API, which also writes connect-src.',
  policy_too_wide: 'Use the header files that the build writes to dist-headers.',
  asset_missing: 'Deploy all files of one build, and keep those of the previous build for open tabs.',
  asset_not_cached:
    'Send the Cache-Control of the generated header files for the assets: their names change with their content.',
  missing_asset_answered:
    'Answer 404 for a missing file below the folder of the assets, without a fallback to index.html.',
  missing_asset_cached:
    'Send a long Cache-Control with existing assets only: browsers keep a 404 for as long.',

  // The API
  api_not_running: 'Start the API, and check the address to which the reverse proxy forwards.',
  api_not_forwarded:
    'Let the reverse proxy forward /api/ to the API, with every method and without rewriting the path.',
  api_error: 'Look for this code in the log of the API.',
  web_origin_refused: 'Add this origin to WEB_ORIGIN of the API, exactly as browsers write it.',
  api_origin_wrong: 'Set API_ORIGIN of the API to the origin at which browsers reach it.',
  header_dropped: 'Let the reverse proxy pass the request header X-CSRF on.',
  cookie_dropped: 'Let the reverse proxy and the CDN pass Set-Cookie on.',
  request_cookie_dropped: 'Let the reverse proxy and the CDN pass Cookie on, unchanged.',
  cookie_changed:
    'Remove rules that rewrite cookies, such as proxy_cookie_domain and proxy_cookie_path of nginx.',
  preflight_refused:
    'Let the reverse proxy forward OPTIONS requests to the API and answer none of them itself.',
  cors_refused: 'Let the API alone send the Access-Control- headers: remove those of the reverse proxy.',
  api_cached: 'Exclude /api/ from caches, and pass the Cache-Control of the API on.',
  metrics_public: 'Forward /api/ only. Let Prometheus read /metrics from the API directly.',
  documentation_public: 'Refuse /api/docs and /api/openapi.json at the reverse proxy.',

  // Redis
  redis_unreachable:
    'Start Redis, and check REDIS_URL and the firewall. Until then, each instance works alone.',
  redis_refuses: 'Check the password and the rights of the user: apps/api/README.md lists them.',
  redis_evicts: 'Set "maxmemory-policy noeviction": an evicted entry can undo a sign-out.',
  redis_forgets: 'Set "appendonly yes": after a restart, ended sessions would be accepted again.',
  redis_in_plain_text: 'Use rediss://, or an address of a private network.',

  // The provider
  endpoint_wrong: 'Check OAUTH_PROVIDER, or set the variable of this endpoint.',
  authorization_refused:
    'Check OAUTH_CLIENT_ID, OAUTH_SCOPE, and that the redirect URI is registered exactly like this.',
  client_refused: 'Check OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, or try the other OAUTH_CLIENT_AUTH.',
  code_refused: 'Sign in again and copy the address at once: a code works once and for a short time.',
  pkce_not_proven:
    'Probe again, and paste the address within seconds. If this finding stays, AIHubMix may end a code at the first wrong attempt: ask AIHubMix whether it checks code_verifier.',
  pkce_not_enforced:
    'Ask AIHubMix to check code_verifier. Until then, an attacker who obtains a code of a user can inject it (RFC 9700 §4.5).',
  refresh_token_missing:
    'Ask AIHubMix for refresh tokens. Without them, users sign in again when the access token expires.',
  refresh_refused: 'Ask AIHubMix why it refuses its own refresh token.',
  refresh_token_not_rotated:
    'Ask AIHubMix to rotate refresh tokens. The client secret protects them meanwhile (RFC 9700 §4.14.2).',
} as const;

export type FindingCode = keyof typeof REMEDIES;

/** A fault of a deployment. No field contains a secret. */
export interface Finding {
  code: FindingCode;
  /** What is wrong, and where. */
  problem: string;
  /** How to mend it. */
  remedy: string;
}

export function finding(code: FindingCode, problem: string): Finding {
  return { code, problem: quote(problem), remedy: REMEDIES[code] };
}

/** Makes text that may come from another server safe for a terminal: control characters become spaces. */
export function quote(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 2000);
}
