import type { Server } from 'node:net';

/** Where a server listens that was told to take any free port. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen on a port');
  return address.port;
}
