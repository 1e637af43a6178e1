import { isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { causesOf, reasonOf, type Send } from '../send.ts';
import { finding, type Finding, type FindingCode } from './finding.ts';

/** The codes with which Node.js refuses a certificate. */
const CERTIFICATE_FAULTS: Record<string, [FindingCode, string]> = {
  CERT_HAS_EXPIRED: ['certificate_expired', 'has expired'],
  CERT_NOT_YET_VALID: ['certificate_not_yet_valid', 'is not valid yet'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['certificate_for_another_name', 'is for another host name'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'certificate_chain_incomplete',
    'is sent without the certificate that signed it',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'certificate_not_trusted',
    'was not signed by a CA that this machine trusts',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: ['certificate_not_trusted', 'was not signed by a CA that this machine trusts'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['certificate_not_trusted', 'is self-signed'],
};

/**
 * Whether an origin answers at all, with a certificate that is good for some more time.
 * @returns the findings, and whether further requests make sense
 */
export async function checkConnection(
  origin: string,
  send: Send,
): Promise<{ findings: Finding[]; isReachable: boolean }> {
  try {
    await send(origin);
  } catch (error) {
    const fault =
      certificateFault(origin, causesOf(error)) ??
      finding('unreachable', `${origin} does not answer: ${reasonOf(error)}.`);
    return { findings: [fault], isReachable: false };
  }
  const certificate = await readCertificate(new URL(origin)).catch(() => undefined);
  return { findings: certificate ? checkRemainingTime(origin, certificate) : [], isReachable: true };
}

/** @param codes the codes of an error and of its causes */
export function certificateFault(server: string, codes: string[]): Finding | undefined {
  const [code, fault] = CERTIFICATE_FAULTS[codes.find((each) => CERTIFICATE_FAULTS[each]) ?? ''] ?? [];
  return code && finding(code, `The certificate of ${server} ${fault}.`);
}

const DAY_MS = 86_400_000;

function checkRemainingTime(origin: string, certificate: PeerCertificate): Finding[] {
  const [from, to] = [Date.parse(certificate.valid_from), Date.parse(certificate.valid_to)];
  const remaining = to - Date.now();
  // Programs that renew certificates do so when a third of the lifetime is left.
  if (remaining > (to - from) / 10) return [];
  const days = Math.floor(remaining / DAY_MS);
  return [finding('certificate_expires_soon', `The certificate of ${origin} expires in ${days} days.`)];
}

/** Undefined over plain http. Behind a proxy of the network, there may be no direct connection to read it from. */
function readCertificate({ protocol, hostname, port }: URL): Promise<PeerCertificate | undefined> {
  if (protocol !== 'https:') return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    // RFC 6066 §3: an address is no server name.
    const servername = isIP(host) === 0 ? host : '';
    const socket = connect({ host, port: Number(port || 443), servername, timeout: 5000 });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
  });
}
