import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgress } from '@oneclick/stack/progress';
import { startInstance, type Instance } from '../test/support/instance.ts';
import { startRedisServer } from '../test/doubles/redis-server.ts';
import {
  startRotatingProvider,
  type RotatingProvider,
  type TokenFault,
} from '../test/doubles/rotating-provider.ts';
import { createVisitor, REFRESHED } from './visitor.ts';

/*
 * `pnpm soak` refreshes many sessions over three processes and a real Redis while the provider, the connections, the
 * processes and Redis fail. It prints the events and the number of lost sessions: sessions that ended without a
 * sign-out. It exits with 1 if any session was lost.
 *
 * No client can prevent two kinds of loss with a strict provider, which ends the session on the second use of a refresh
 * token: the provider's answer is lost after it has replaced the token, or two instances without Redis use one token.
 * So the faults that can cause them run with a provider that accepts the old token for another minute while the new one
 * is unused. All other faults run with a strict provider too.
 */

const WEB_ORIGIN = 'https://app.example.com';
const INSTANCES = 3;
const OVERLAP_MS = 60_000;
const FAULTS: readonly TokenFault[] = ['unavailable', 'reset', 'slow', 'cut', 'silent', 'late'];

interface Phase {
  title: string;
  refreshes: number;
  visitors: number;
  overlapMs: number;
  /** The percentage of refreshes at the provider that end with each fault. */
  faults: Partial<Record<TokenFault, number>>;
  /** Each browser sends one refresh at a time and waits for its answer, as the web app does with Web Locks. */
  areBrowsersCareful?: boolean;
  /** One of these disturbances follows another every few seconds, in turn. */
  disturbances: readonly Disturbance[];
}

type Disturbance = 'kill an instance' | 'kill Redis' | 'freeze Redis' | 'replace an instance';

const PHASES: readonly Phase[] = [
  {
    title: 'A provider that accepts a replaced token while the new one is unused',
    refreshes: 6000,
    visitors: 120,
    overlapMs: OVERLAP_MS,
    faults: { unavailable: 3, reset: 2, slow: 3, cut: 2, silent: 0.1, late: 0.1 },
    disturbances: ['kill an instance', 'kill Redis', 'replace an instance', 'freeze Redis'],
  },
  {
    title: 'A strict provider: a second use of a token ends the session',
    refreshes: 2000,
    visitors: 60,
    overlapMs: 0,
    faults: { unavailable: 3, reset: 2, slow: 3, silent: 0.1 },
    disturbances: ['replace an instance'],
  },
  {
    title: 'The same, with Redis unreachable every few seconds and browsers that send one refresh at a time',
    refreshes: 2000,
    visitors: 60,
    overlapMs: 0,
    faults: { unavailable: 3, reset: 2, slow: 3 },
    areBrowsersCareful: true,
    disturbances: ['kill Redis', 'replace an instance', 'freeze Redis'],
  },
];

const progress = startProgress();
let totalLost = 0;
for (const phase of PHASES) totalLost += await run(phase);
progress.show('Another loss, for comparison');
await showUnavoidableLoss();
progress.stop();
console.log(`\nSessions lost: ${totalLost}`);
process.exit(totalLost === 0 ? 0 : 1);

async function run(phase: Phase): Promise<number> {
  console.log(`\n${phase.title}`);
  const counts = new Map<string, number>();
  const step = `Phase ${PHASES.indexOf(phase) + 1} of ${PHASES.length}, refreshes`;
  const count = (event: string) => {
    counts.set(event, (counts.get(event) ?? 0) + 1);
    progress.show(step, {
      done: Math.min(counts.get(REFRESHED) ?? 0, phase.refreshes),
      total: phase.refreshes,
    });
  };

  const system = await startSystem(phase, count);
  const visitors = Array.from({ length: phase.visitors }, () =>
    createVisitor({
      pick: system.pick,
      provider: system.provider,
      webOrigin: WEB_ORIGIN,
      isCareful: phase.areBrowsersCareful ?? false,
      count,
    }),
  );
  await Promise.all(visitors.map(({ signIn }) => signIn()));

  const isDone = () => (counts.get(REFRESHED) ?? 0) >= phase.refreshes;
  const disturbances = system.disturb(isDone);
  await Promise.all(visitors.map(({ browseUntil }) => browseUntil(isDone)));
  await disturbances;

  // Nothing is disturbed any more. Count the visitors who are still signed in.
  const areSignedIn = await Promise.all(visitors.map(({ isSignedIn }) => isSignedIn()));
  const lost = visitors.filter((_, i) => !areSignedIn[i]);
  await system.stop();

  for (const [event, times] of [...counts].toSorted(([a], [b]) => a.localeCompare(b))) print(event, times);
  print('second uses of a token that the provider accepted', system.provider.acceptedSecondUses);
  print('second uses of a token that ended the grant', system.provider.grantsEnded);
  print('sessions', visitors.length);
  print('sessions lost', lost.length);
  for (const { lastEvents } of lost) console.log(`    ${lastEvents().join(' · ')}`);
  return lost.length;
}

async function startSystem({ overlapMs, faults, disturbances }: Phase, count: (event: string) => void) {
  const provider = await startRotatingProvider({
    overlapMs,
    lateMs: 11_000, // One second after the time-out of the API.
    chooseFault() {
      let percent = Math.random() * 100;
      for (const fault of FAULTS) {
        percent -= faults[fault] ?? 0;
        if (percent < 0) {
          count(`provider: ${fault}`);
          return fault;
        }
      }
      return undefined;
    },
  });
  const redis = await startRedisServer();
  const env = settings(provider, redis.url);
  const instances = await Promise.all(Array.from({ length: INSTANCES }, () => startInstance({ env })));

  const pick = (): Instance => {
    const instance = instances[Math.floor(Math.random() * instances.length)];
    if (!instance) throw new Error('no instance');
    return instance;
  };

  async function disturb(isDone: () => boolean): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      await delay(3000);
      const disturbance = disturbances[turn % disturbances.length];
      if (isDone() || !disturbance) return;
      count(disturbance);
      await DISTURBANCES[disturbance](turn);
    }
  }

  const DISTURBANCES: Record<Disturbance, (turn: number) => Promise<void>> = {
    async 'kill an instance'(turn) {
      await instances[turn % INSTANCES]?.stop();
      await delay(1000);
      instances[turn % INSTANCES] = await startInstance({ env });
    },
    async 'replace an instance'(turn) {
      // As in a rolling deployment: the new instance starts, then the old one finishes its requests and exits.
      const old = instances[turn % INSTANCES];
      instances[turn % INSTANCES] = await startInstance({ env });
      old?.kill('SIGTERM');
      await old?.exitCode;
    },
    async 'kill Redis'() {
      await redis.kill();
      await delay(1500);
      await redis.restart(); // It restarts empty.
    },
    async 'freeze Redis'() {
      redis.freeze();
      await delay(2500);
      redis.thaw();
    },
  };

  return {
    provider,
    pick,
    disturb,
    async stop() {
      await Promise.all(instances.map(({ stop }) => stop()));
      await Promise.all([provider.close(), redis.stop()]);
    },
  };
}

function settings(provider: RotatingProvider, redisUrl: string): Record<string, string> {
  return {
    WEB_ORIGIN,
    OAUTH_PROVIDER: provider.origin,
    OAUTH_CLIENT_ID: 'soak',
    OAUTH_CLIENT_SECRET: randomBytes(16).toString('hex'),
    SESSION_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
    REDIS_URL: redisUrl,
    RATE_LIMIT_PER_MINUTE: '1000000000', // All visitors have one address.
  };
}

/** Shows the loss that the phases above exclude: the answer of a strict provider is lost. */
async function showUnavoidableLoss(): Promise<void> {
  const provider = await startRotatingProvider();
  const redis = await startRedisServer();
  const instance = await startInstance({ env: settings(provider, redis.url) });
  const visitor = createVisitor({
    pick: () => instance,
    provider,
    webOrigin: WEB_ORIGIN,
    isCareful: true,
    count: () => undefined,
  });
  await visitor.signIn();
  provider.nextFaults.push('cut');
  const isLost = !(await visitor.isSignedIn());
  await instance.stop();
  await Promise.all([provider.close(), redis.stop()]);
  console.log('\nFor comparison: a strict provider whose answer is cut off after it has replaced the token');
  print('sessions lost, of 1', isLost ? 1 : 0);
}

function print(label: string, times: number): void {
  console.log(`  ${String(times).padStart(6)} ${label}`);
}
