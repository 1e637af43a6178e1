import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startInstance, type Instance } from '../test/support/instance.ts';
import { startRedisServer } from '../test/doubles/redis-server.ts';
import {
  startRotatingProvider,
  type RotatingProvider,
  type TokenFault,
} from '../test/doubles/rotating-provider.ts';
import { createVisitor, REFRESHED } from './visitor.ts';

/*
 * `pnpm soak`: many sessions are refreshed over three processes and a real Redis while everything around them fails.
 * It prints what was done and how many sessions were lost: those that are over although nobody has signed out. Any
 * makes it exit with 1.
 *
 * A provider that forgives no second use of a refresh token, and whose answer does not arrive, ends that session
 * whatever a client does; so does one token used by two instances while no Redis can tell them of each other. So the
 * faults that can do this run against a provider that takes the old token again for a minute, as long as nobody has
 * used the new one; a strict one runs with all the others.
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
  /** How many of a hundred refreshes the provider spoils, and how. */
  faults: Partial<Record<TokenFault, number>>;
  /** Browsers that ask for one refresh at a time and wait for its answer, as Web Locks make them. */
  areBrowsersCareful?: boolean;
  /** What happens to the machinery, in turn, every few seconds. */
  blows: readonly Blow[];
}

type Blow = 'kill an instance' | 'kill Redis' | 'freeze Redis' | 'replace an instance';

const PHASES: readonly Phase[] = [
  {
    title: 'A provider that takes a replaced token again while the new one is unused',
    refreshes: 6000,
    visitors: 120,
    overlapMs: OVERLAP_MS,
    faults: { unavailable: 3, reset: 2, slow: 3, cut: 2, silent: 0.1, late: 0.1 },
    blows: ['kill an instance', 'kill Redis', 'replace an instance', 'freeze Redis'],
  },
  {
    title: 'A strict provider: a second use of a token ends the session',
    refreshes: 2000,
    visitors: 60,
    overlapMs: 0,
    faults: { unavailable: 3, reset: 2, slow: 3, silent: 0.1 },
    blows: ['replace an instance'],
  },
  {
    title: 'The same without Redis every few seconds, and browsers that refresh once at a time',
    refreshes: 2000,
    visitors: 60,
    overlapMs: 0,
    faults: { unavailable: 3, reset: 2, slow: 3 },
    areBrowsersCareful: true,
    blows: ['kill Redis', 'replace an instance', 'freeze Redis'],
  },
];

let lostInAll = 0;
for (const phase of PHASES) lostInAll += await run(phase);
await showWhatNobodySurvives();
console.log(`\nSessions lost: ${lostInAll}`);
process.exit(lostInAll === 0 ? 0 : 1);

async function run(phase: Phase): Promise<number> {
  console.log(`\n${phase.title}`);
  const done = new Map<string, number>();
  const count = (what: string) => void done.set(what, (done.get(what) ?? 0) + 1);

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

  const isDone = () => (done.get(REFRESHED) ?? 0) >= phase.refreshes;
  const blows = system.strike(isDone);
  await Promise.all(visitors.map(({ browseUntil }) => browseUntil(isDone)));
  await blows;

  // All is well again: who is still signed in?
  const areSignedIn = await Promise.all(visitors.map(({ isSignedIn }) => isSignedIn()));
  const lost = visitors.filter((_, i) => !areSignedIn[i]);
  await system.stop();

  for (const [what, times] of [...done].toSorted(([a], [b]) => a.localeCompare(b))) print(what, times);
  print('second uses of a token that the provider forgave', system.provider.forgiven);
  print('second uses of a token that ended the grant', system.provider.grantsEnded);
  print('sessions', visitors.length);
  print('sessions lost', lost.length);
  for (const { story } of lost) console.log(`    ${story().join(' · ')}`);
  return lost.length;
}

async function startSystem({ overlapMs, faults, blows }: Phase, count: (what: string) => void) {
  const provider = await startRotatingProvider({
    overlapMs,
    lateMs: 11_000, // Just after the API has given up.
    chooseFault() {
      let dice = Math.random() * 100;
      for (const fault of FAULTS) {
        dice -= faults[fault] ?? 0;
        if (dice < 0) {
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

  async function strike(isDone: () => boolean): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      await delay(3000);
      const blow = blows[turn % blows.length];
      if (isDone() || !blow) return;
      count(blow);
      await BLOWS[blow](turn);
    }
  }

  const BLOWS: Record<Blow, (turn: number) => Promise<void>> = {
    async 'kill an instance'(turn) {
      await instances[turn % INSTANCES]?.stop();
      await delay(1000);
      instances[turn % INSTANCES] = await startInstance({ env });
    },
    async 'replace an instance'(turn) {
      // As in a rolling deploy: the new one first, then the old one finishes what it has begun.
      const old = instances[turn % INSTANCES];
      instances[turn % INSTANCES] = await startInstance({ env });
      old?.kill('SIGTERM');
      await old?.exitCode;
    },
    async 'kill Redis'() {
      await redis.kill();
      await delay(1500);
      await redis.restart(); // With nothing in it.
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
    strike,
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
    RATE_LIMIT_PER_MINUTE: '1000000000', // All visitors come from one address.
  };
}

/** So that nobody takes the number above for more than it is. */
async function showWhatNobodySurvives(): Promise<void> {
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

function print(what: string, times: number): void {
  console.log(`  ${String(times).padStart(6)} ${what}`);
}
