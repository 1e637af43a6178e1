import { setTimeout as delay } from 'node:timers/promises';
import { PATHS } from '@oneclick/shared/paths';
import { createBrowser, tokensOf, type ApiResponse } from '../test/support/browser.ts';
import type { Instance } from '../test/support/instance.ts';
import type { RotatingProvider } from '../test/doubles/rotating-provider.ts';
import { signIn } from '../test/support/sign-in.ts';

/** A browser that refreshes its session far more often than a page would. */
export interface Visitor {
  signIn: () => Promise<void>;
  browseUntil: (isDone: () => boolean) => Promise<void>;
  /** Refreshes until the API answers with tokens or with the end of the session. */
  isSignedIn: () => Promise<boolean>;
  /** The results of the last requests. */
  lastEvents: () => string[];
}

interface VisitorOptions {
  /** The instance to which the load balancer sends the next request. */
  pick: () => Instance;
  provider: RotatingProvider;
  webOrigin: string;
  /** Sends one request at a time and always waits for the answer. */
  isCareful: boolean;
  count: (event: string) => void;
}

/** The name under which successful refreshes are counted. */
export const REFRESHED = 'refreshes answered with tokens';

const MAX_TABS = 4;
const LONGEST_CUT_MS = 30;
const LONGEST_PAUSE_MS = 2000;
const PATIENCE_MS = 60_000;

export function createVisitor({ pick, provider, webOrigin, isCareful, count }: VisitorOptions): Visitor {
  let cutAfterMs: number | undefined;
  const browser = createBrowser({
    app: {
      inject(request) {
        const signal = cutAfterMs === undefined ? undefined : AbortSignal.timeout(cutAfterMs);
        cutAfterMs = undefined;
        return pick().inject(request, signal);
      },
    },
    webOrigin,
    apiOrigin: webOrigin,
  });
  const events: string[] = [];
  const session = { hasEnded: false };

  /** Sends one refresh and counts its result. Returns undefined if the connection breaks. */
  async function refresh(): Promise<ApiResponse | undefined> {
    try {
      const response = await browser.post(PATHS.refreshToken);
      const event = response.statusCode === 200 ? REFRESHED : errorIn(response);
      count(event);
      events.push(event);
      // The cookie is missing or invalid. The web app would show its sign-in screen.
      if (response.statusCode === 401 && !event.includes('session_refused')) session.hasEnded = true;
      return response;
    } catch (error) {
      const isCut = error instanceof DOMException && error.name === 'TimeoutError';
      if (!isCut && !(error instanceof TypeError)) throw error; // fetch throws a TypeError for a broken connection.
      const event = isCut ? 'connections cut' : 'connections refused or broken';
      count(event);
      events.push(event);
      return undefined;
    }
  }

  return {
    async signIn() {
      await signIn(browser, provider);
    },

    async browseUntil(isDone) {
      while (!isDone() && !session.hasEnded) {
        if (!isCareful && Math.random() < 0.1) cutAfterMs = Math.round(Math.random() * LONGEST_CUT_MS);
        // Several tabs at once send the same cookie to several instances.
        const tabs = !isCareful && Math.random() < 0.1 ? randomTabs() : 1;
        const responses = await Promise.all(Array.from({ length: tabs }, refresh));
        const hasFailed = responses.some((response) => response?.statusCode !== 200);
        await delay(hasFailed ? 100 + Math.random() * 400 : Math.random() * LONGEST_PAUSE_MS);
      }
    },

    async isSignedIn() {
      const giveUpAt = performance.now() + PATIENCE_MS;
      while (!session.hasEnded && performance.now() < giveUpAt) {
        const response = await refresh();
        if (response?.statusCode === 200) return provider.isAlive(tokensOf(response).access_token);
        await delay(500);
      }
      return false;
    },

    lastEvents: () => events.slice(-8),
  };
}

function errorIn({ statusCode, body }: ApiResponse): string {
  return `answered ${statusCode} ${/"error":"(\w+)"/.exec(body)?.[1] ?? ''}`;
}

function randomTabs(): number {
  return 2 + Math.floor(Math.random() * (MAX_TABS - 1));
}
