import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';

/** What has begun and not ended. */
export interface UnderWay {
  /** A refresh goes on also when nobody waits for its answer any more. */
  trackRefresh: (refresh: Promise<unknown>) => void;
  /** Resolves when what is under way by now has ended, well or not. What begins later is not waited for. */
  settle: () => Promise<void>;
}

/** Watches the server's requests, until their answers are sent or their clients are gone. */
export function createUnderWay(server: Server): UnderWay {
  const responses = new Set<ServerResponse>();
  const refreshes = new Set<Promise<unknown>>();
  server.on('request', (_request, response) => {
    responses.add(response);
    response.on('close', () => responses.delete(response));
  });

  return {
    trackRefresh(refresh) {
      const forget = () => refreshes.delete(refresh);
      refreshes.add(refresh);
      refresh.then(forget, forget);
    },
    async settle() {
      const closings = [...responses].map((response) => once(response, 'close'));
      await Promise.allSettled([...closings, ...refreshes]);
    },
  };
}
