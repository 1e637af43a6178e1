/** The fields of a value from outside, each still to be checked. Anything but an object has none. */
export function recordFrom(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
