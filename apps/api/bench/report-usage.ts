import { subscribe } from 'node:diagnostics_channel';
import { Server } from 'node:net';

/*
 * Preloaded into a measured server. Sends the parent the port as soon as the server listens, since a log line may come
 * later. Answers each message of the parent with the CPU time and memory of its process.
 */

subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  const server = message instanceof Object && 'server' in message ? message.server : undefined;
  const address = server instanceof Server ? server.address() : undefined;
  if (address instanceof Object) process.send?.({ port: address.port });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
});
process.once('disconnect', () => process.exit());
