import * as v from 'valibot';

/** A JSON answer of the provider. */
export interface JsonAnswer {
  fields: Readonly<Record<string, unknown>>;
  /** The answer says that it is a refusal, whatever its status. */
  isRefusal: boolean;
}

/**
 * Reads a JSON object in the forms that real servers use. Gateways of the one-api family put it into an envelope,
 * `{"success": true, "data": {…}}`, and refuse with 200 and `{"success": false, "message": "…"}`. Servers written in Go
 * send null or an empty text for a field that they don't have, so such a field counts as absent.
 *
 * @throws if the body is not a JSON object
 */
export function parseJsonAnswer(body: string): JsonAnswer {
  const answer: unknown = JSON.parse(body.replace(/^\uFEFF/, ''));
  if (!isObject(answer)) throw new TypeError('not a JSON object');
  const { success, data } = answer;
  const fields = success === true && isObject(data) ? data : answer;
  const present = Object.entries(fields).filter(([, value]) => value !== null && value !== '');
  return { fields: Object.fromEntries(present), isRefusal: success === false };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the fields that fit the schema, and leaves the others out: one odd field must not cost the user the rest.
 *
 * @param schema of an object whose fields are all optional
 * @returns the value, and the names of the fields that were left out
 */
export function readFields<T>(
  schema: v.GenericSchema<unknown, T>,
  fields: JsonAnswer['fields'],
): { value: T; oddFields: string[] } {
  const parsed = v.safeParse(schema, fields);
  if (parsed.success) return { value: parsed.output, oddFields: [] };
  const oddFields = new Set(parsed.issues.map(({ path }) => String(path?.[0]?.key)));
  const others = Object.entries(fields).filter(([name]) => !oddFields.has(name));
  return { value: v.parse(schema, Object.fromEntries(others)), oddFields: [...oddFields] };
}
