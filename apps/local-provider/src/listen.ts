import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ProviderConfig } from './config.ts';
import { createLocalProvider } from './local-provider.ts';

export interface RunningProvider {
  /** The issuer: the origin under which browsers and apps reach the provider. */
  origin: string;
  /** Closes the server and cuts open connections. */
  close: () => Promise<void>;
}

/** @throws the error of the system (`EADDRINUSE` and others) if the server cannot listen */
export async function listen(config: ProviderConfig): Promise<RunningProvider> {
  const server = createServer();
  server.listen({ host: config.host, port: config.port });
  await once(server, 'listening');

  // The provider is created after listening, because with port 0 the issuer is unknown before.
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const origin = config.issuer ?? `http://localhost:${port}`;
  server.on('request', createLocalProvider({ ...config, port, issuer: origin }));

  return {
    origin,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
