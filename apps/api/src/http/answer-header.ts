import type { FastifyReply } from 'fastify';

/**
 * The status line and all header fields of an answer together, in bytes. A stock nginx reads them into one memory page of
 * 4 KiB, and answers 502 if they are longer.
 */
const MAX_ANSWER_HEADER_BYTES = 4000;
/** What Fastify and Node.js add in the end: status line, content type and length, date, connection, the empty line. */
const ADDED_LATER_BYTES = 200;

/** The space for further fields in the header of the answer. */
export function headerBytesLeft(reply: FastifyReply): number {
  const fields = Object.entries(reply.getHeaders()).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => byteLengthOf(name, String(value))),
  );
  return fields.reduce((left, length) => left - length, MAX_ANSWER_HEADER_BYTES - ADDED_LATER_BYTES);
}

/** RFC 9112 §5: the name, a colon, a blank, the value and a line break. */
export function byteLengthOf(name: string, value: string): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
}
