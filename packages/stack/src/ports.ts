import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/**
 * Whether somebody answers on this port under the name `localhost`. Both addresses are asked: who listens on the
 * one we do not use still gets the browser's visit, since `localhost` is both. Asking is surer than trying to
 * listen, which on some systems succeeds beside a listener on all addresses.
 */
export async function isPortTaken(port: number): Promise<boolean> {
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => isAnswering({ host, port })));
  return answers.includes(true);
}

function isAnswering({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 });
    const settle = (isTaken: boolean) => {
      socket.destroy();
      resolve(isTaken);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

/** Ports that nobody uses at this moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.flatMap((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : [];
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
