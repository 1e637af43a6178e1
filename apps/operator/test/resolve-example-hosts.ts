import dns from 'node:dns';
import { vi } from 'vitest';

/** Makes all names of example.com and example.org names of this machine, as a hosts file does. */
export function resolveExampleHosts(): void {
  const { lookup } = dns;
  vi.spyOn(dns, 'lookup').mockImplementation((host: string, ...others: unknown[]) => {
    const isExample = /\.example\.(?:com|org)$/.test(host);
    Reflect.apply(lookup, dns, [isExample ? '127.0.0.1' : host, ...others]);
  });
}
