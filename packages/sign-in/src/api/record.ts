/** What came from elsewhere, as fields to look at one by one; anything but an object has none. */
export function recordFrom(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
