import { finding, type Finding } from './finding.ts';

type Directives = Map<string, string[]>;

/** Sources that allow scripts nobody meant to allow. */
const TOO_WIDE = ["'unsafe-inline'", "'unsafe-eval'", '*', 'https:', 'http:', 'data:', 'blob:'];

/**
 * Compares the Content-Security-Policy of a page with the one that the build writes for it. More sources are accepted, for
 * what an app loads besides; fewer would break the sign-in.
 *
 * @param actual as sent, or null. Several policies have commas between them, and each applies
 */
export function checkPolicy(page: string, actual: string | null, expected: string): Finding[] {
  if (actual === null)
    return [finding('policy_missing', `${page} is sent without a Content-Security-Policy.`)];
  const wanted = parsePolicy(expected);
  const policies = actual.split(',').map(parsePolicy);
  const lacking = (name: string) =>
    (wanted.get(name) ?? []).filter((source) => !policies.every((policy) => allows(policy, name, source)));

  const findings: Finding[] = [];
  const blocked = [...lacking('script-src'), ...lacking('style-src')];
  if (blocked.length > 0) {
    findings.push(
      finding(
        'policy_blocks_page',
        `The Content-Security-Policy of ${page} does not allow ${blocked.join(', ')}.`,
      ),
    );
  }
  const unreachable = lacking('connect-src');
  if (unreachable.length > 0) {
    findings.push(
      finding('policy_blocks_api', `connect-src of ${page} does not contain ${unreachable.join(', ')}.`),
    );
  }
  // One policy that is strict is enough to protect the page.
  const faults = policies.map((policy) => tooWide(policy, wanted));
  const [fault] = faults.toSorted((a, b) => a.length - b.length);
  if (fault && fault.length > 0) {
    findings.push(finding('policy_too_wide', `The Content-Security-Policy of ${page} ${fault.join(', ')}.`));
  }
  return findings;
}

function tooWide(policy: Directives, wanted: Directives): string[] {
  // Nobody needs a directive that only repeats `default-src`, or falls back to it.
  const missing = ['frame-ancestors', 'base-uri', 'form-action', 'require-trusted-types-for'].filter(
    (name) => wanted.has(name) && !policy.has(name),
  );
  const scripts = sourcesOf(policy, 'script-src') ?? ['*'];
  return [
    ...missing.map((name) => `lacks ${name}`),
    ...scripts.filter((source) => TOO_WIDE.includes(source)).map((source) => `allows scripts from ${source}`),
  ];
}

function allows(policy: Directives, name: string, source: string): boolean {
  const sources = sourcesOf(policy, name);
  return sources === undefined || sources.includes(source);
}

function sourcesOf(policy: Directives, name: string): string[] | undefined {
  return policy.get(name) ?? policy.get('default-src');
}

function parsePolicy(text: string): Directives {
  return new Map(
    text.split(';').flatMap((directive) => {
      const [name, ...sources] = directive.trim().split(/\s+/);
      return name ? [[name.toLowerCase(), sources] as const] : [];
    }),
  );
}
