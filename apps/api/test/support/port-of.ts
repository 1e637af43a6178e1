import type { Server } from 'node:net';

/** The port of a server that listens on port 0, which is any free port. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen on a port');
  return address.port;
}
