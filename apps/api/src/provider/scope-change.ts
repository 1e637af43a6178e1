type ScopeChange = 'scope_reduced' | 'scope_extended';

/** How what was granted differs from what was asked for (RFC 6749 §3.3: a server may grant more or less). */
export function scopeChanges(change: { requested: string; granted: string }): ScopeChange[] {
  const [requested, granted] = [change.requested.split(' '), change.granted.split(' ')];
  const changes: ScopeChange[] = [];
  if (!requested.every((scope) => granted.includes(scope))) changes.push('scope_reduced');
  if (!granted.every((scope) => requested.includes(scope))) changes.push('scope_extended');
  return changes;
}
