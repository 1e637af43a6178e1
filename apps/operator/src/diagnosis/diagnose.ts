import type { Prompts } from '../prompts.ts';
import { createSend, type Send } from '../send.ts';
import { checkApi } from './check-api.ts';
import { checkConfiguration, type Settings } from './check-configuration.ts';
import { checkConnection } from './check-connection.ts';
import { checkProvider } from './check-provider.ts';
import { checkRedis } from './check-redis.ts';
import { checkWeb } from './check-web.ts';
import type { Finding } from './finding.ts';
import { probeProvider } from './probe-provider.ts';
import { reportNoAnswer } from './report-no-answer.ts';

interface DiagnosisOptions {
  /** Asks the operator to sign in at the provider. */
  probe?: { prompts: Pick<Prompts, 'askSecret'>; show: (text: string) => void };
}

/** Checks a configuration and everything that it names. */
export async function diagnoseConfiguration(
  settings: Settings,
  { probe }: DiagnosisOptions = {},
): Promise<Finding[]> {
  const { config, findings } = checkConfiguration(settings);
  if (!config) return findings;
  const { provider, topology, apiOrigin } = config;
  const send = createSend();
  const sendToProvider = createSend(provider.proxies);
  const webOrigins = [...topology.acceptedFetchSites.keys()];
  const results = await Promise.all([
    whileReachable(originsOf(provider), sendToProvider, async () => [
      ...(await checkProvider(config, sendToProvider)),
      ...(probe ? await reportNoAnswer(probeProvider({ ...probe, config, send: sendToProvider })) : []),
    ]),
    checkRedis(config),
    ...webOrigins.map(async (origin) => {
      const found = await diagnoseDeployment(new URL(origin), { send, expectedApiOrigin: apiOrigin });
      // Pages of another web origin can share the session, and sign nobody in.
      const signsIn = provider.redirectUri.startsWith(`${origin}/`);
      return found.filter(({ code }) => signsIn || code !== 'redirect_uri_wrong');
    }),
  ]);
  return withoutRepetitions([...findings, ...results.flat()]);
}

/** Checks a deployed web app from outside, and the API that its pages name. */
export async function diagnoseDeployment(
  app: URL,
  { send = createSend(), expectedApiOrigin }: { send?: Send; expectedApiOrigin?: string } = {},
): Promise<Finding[]> {
  const findings = await whileReachable([app.origin], send, async () => {
    const { findings: web, apiOrigin } = await checkWeb(app, send, { expectedApiOrigin });
    if (apiOrigin === undefined) return web;
    const others = apiOrigin === app.origin ? [] : [apiOrigin];
    return [
      ...web,
      ...(await whileReachable(others, send, () => checkApi({ webOrigin: app.origin, apiOrigin, send }))),
    ];
  });
  return withoutRepetitions(findings);
}

/** Runs the check only if all origins answer: it would report the same fault once more. */
async function whileReachable(
  origins: string[],
  send: Send,
  check: () => Promise<Finding[]>,
): Promise<Finding[]> {
  const connections = await Promise.all(origins.map((origin) => checkConnection(origin, send)));
  const findings = connections.flatMap((connection) => connection.findings);
  if (!connections.every(({ isReachable }) => isReachable)) return findings;
  return [...findings, ...(await reportNoAnswer(check()))];
}

function originsOf(provider: object): string[] {
  const endpoints = Object.entries(provider).filter(([name]) => name.endsWith('Endpoint'));
  return [...new Set(endpoints.flatMap(([, url]) => URL.parse(String(url))?.origin ?? []))];
}

/** Both the configuration and the answers of the API show some faults. */
function withoutRepetitions(findings: Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [each.code + each.problem, each])).values()];
}
