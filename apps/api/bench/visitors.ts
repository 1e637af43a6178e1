import { Agent } from 'undici';
import { visit } from './visit.ts';

/** Several visitors at a time, each in a browser of its own. */
export interface Visitors {
  /** Resolves when all of these visits have ended. */
  visit: (url: string | readonly string[], visits: number) => Promise<void>;
  close: () => Promise<void>;
}

export function createVisitors({ count }: { count: number }): Visitors {
  const dispatcher = new Agent({ connections: count, keepAliveTimeout: 30_000 });
  return {
    async visit(url, visits) {
      let left = visits;
      const visitInTurn = async () => {
        while (left > 0) {
          left -= 1;
          await visit([url].flat(), dispatcher);
        }
      };
      await Promise.all(Array.from({ length: count }, visitInTurn));
    },
    close: () => dispatcher.close(),
  };
}
