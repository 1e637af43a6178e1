import { generate } from 'selfsigned';

export interface Certificate {
  key: string;
  cert: string;
}

interface Issue {
  host?: string;
  notBeforeDate?: Date;
  notAfterDate?: Date;
}

/** A certificate authority for the tests. */
export async function createAuthority(name = 'Test CA') {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return {
    cert: authority.cert,
    async issue({ host, ...validity }: Issue = {}): Promise<Certificate> {
      const hosts = host ? [host] : ['app.example.com', 'api.example.com'];
      const issued = await generate([{ name: 'commonName', value: hosts[0] }], {
        ...common,
        ...validity,
        ca: { key: authority.private, cert: authority.cert },
        extensions: [{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) }],
      });
      return { key: issued.private, cert: issued.cert };
    },
  };
}
