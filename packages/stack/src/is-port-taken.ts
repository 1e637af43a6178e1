import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Whether a program answers on this port under the name `localhost`, which is both 127.0.0.1 and ::1. Connecting is
 * surer than trying to listen, which on some systems succeeds next to a listener on all addresses.
 */
export async function isPortTaken(port: number): Promise<boolean> {
  const connects = ['127.0.0.1', '::1'].map(async (host) => {
    const socket = connect({ host, port });
    const connected = once(socket, 'connect', { signal: AbortSignal.timeout(500) });
    return connected
      .then(() => true)
      .catch(() => false)
      .finally(() => socket.destroy());
  });
  return (await Promise.all(connects)).includes(true);
}
