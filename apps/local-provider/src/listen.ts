import { createServer } from 'node:http';
import type { ProviderConfig } from './config.ts';
import { createLocalProvider } from './provider.ts';

interface RunningProvider {
  origin: string;
  /** Ends open connections too, at once: nothing here is worth waiting for. */
  close: () => Promise<void>;
}

/** @throws the system's error (code EADDRINUSE …) when it can't listen there */
export async function listenLocalProvider(config: ProviderConfig): Promise<RunningProvider> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: config.host, port: config.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  // The provider is made once the port is known: with port 0 the issuer is not known before.
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const issuer = config.issuer ?? `http://localhost:${port}`;
  server.on('request', createLocalProvider({ ...config, port, issuer }));

  return {
    origin: issuer,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
