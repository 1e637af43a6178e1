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

export interface Authority {
  cert: string;
  issue: (issue?: Issue) => Promise<Certificate>;
}

const COMMON = { keyType: 'ec', algorithm: 'sha256' } as const;

/**
 * A certificate authority for the tests.
 * @param signer the authority that signs its certificate. Without one, it is a root
 */
export async function createAuthority(
  name = 'Test CA',
  signer?: { key: string; cert: string },
): Promise<Authority & { key: string }> {
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...COMMON,
    ...(signer && { ca: signer }),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return {
    cert: authority.cert,
    key: authority.private,
    async issue({ host, ...validity } = {}) {
      const hosts = host ? [host] : ['app.example.com', 'api.example.com'];
      const issued = await generate([{ name: 'commonName', value: hosts[0] }], {
        ...COMMON,
        ...validity,
        ca: { key: authority.private, cert: authority.cert },
        extensions: [{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) }],
      });
      return { key: issued.private, cert: issued.cert };
    },
  };
}
