import { setTimeout as delay } from 'node:timers/promises';
import { PATHS } from '@oneclick/shared/paths';
import { createBrowser, tokensOf, type ApiResponse } from '../test/support/browser.ts';
import type { Instance } from '../test/support/instance.ts';
import type { RotatingProvider } from '../test/doubles/rotating-provider.ts';
import { signIn } from '../test/support/sign-in.ts';

/** A browser whose session is refreshed again and again, more often and less carefully than any page would. */
export interface Visitor {
  signIn: () => Promise<void>;
  browseUntil: (isDone: () => boolean) => Promise<void>;
  /** Asks as long as the answer is that it can't be said now. */
  isSignedIn: () => Promise<boolean>;
  /** What its last requests came to. */
  story: () => string[];
}

interface VisitorOptions {
  /** Where the load balancer sends the next request. */
  pick: () => Instance;
  provider: RotatingProvider;
  webOrigin: string;
  /** One request at a time, never left before its answer. */
  isCareful: boolean;
  count: (what: string) => void;
}

/** What a good answer is counted as. */
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
  const story: string[] = [];
  const session = { hasEnded: false };

  /** One request, with what became of it. A connection that breaks is no answer. */
  async function refresh(): Promise<ApiResponse | undefined> {
    try {
      const response = await browser.post(PATHS.refreshToken);
      const what = response.statusCode === 200 ? REFRESHED : errorIn(response);
      count(what);
      story.push(what);
      // The cookie is gone, or of no use: a page would show the sign-in screen for good.
      if (response.statusCode === 401 && !what.includes('session_refused')) session.hasEnded = true;
      return response;
    } catch (error) {
      const isCut = error instanceof DOMException && error.name === 'TimeoutError';
      if (!isCut && !(error instanceof TypeError)) throw error; // Fetch calls a broken connection a TypeError.
      const what = isCut ? 'connections cut' : 'connections refused or broken';
      count(what);
      story.push(what);
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
        const isInTrouble = responses.some((response) => response?.statusCode !== 200);
        await delay(isInTrouble ? 100 + Math.random() * 400 : Math.random() * LONGEST_PAUSE_MS);
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

    story: () => story.slice(-8),
  };
}

function errorIn({ statusCode, body }: ApiResponse): string {
  return `answered ${statusCode} ${/"error":"(\w+)"/.exec(body)?.[1] ?? ''}`;
}

function randomTabs(): number {
  return 2 + Math.floor(Math.random() * (MAX_TABS - 1));
}
