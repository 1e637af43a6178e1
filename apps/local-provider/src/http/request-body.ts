import type { RequestContext } from './middleware.ts';

const MAX_BODY_BYTES = 16_384;

/** A request body that is malformed (400), too large (413) or of another type (415). */
export class UnreadableBody extends Error {
  override name = 'UnreadableBody';
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415) {
    super(`unreadable body: ${status}`);
    this.status = status;
  }
}

async function readText(ctx: RequestContext, type: string): Promise<string> {
  if (ctx.is(type) !== type) throw new UnreadableBody(415);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new UnreadableBody(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws {UnreadableBody} */
export async function readForm(ctx: RequestContext): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(ctx, 'application/x-www-form-urlencoded'));
}

/** @throws {UnreadableBody} */
export async function readJson(ctx: RequestContext): Promise<unknown> {
  const text = await readText(ctx, 'application/json');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnreadableBody(400);
  }
}
