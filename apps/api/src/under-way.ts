/** What has begun and not ended. */
export interface UnderWay {
  /** Resolves when what is under way by now has ended, well or not. What begins later is not waited for. */
  settle: () => Promise<void>;
  track: (ending: Promise<unknown>) => void;
}

export function createUnderWay(): UnderWay {
  const endings = new Set<Promise<unknown>>();
  return {
    track(ending) {
      const forget = () => endings.delete(ending);
      endings.add(ending);
      ending.then(forget, forget);
    },
    async settle() {
      await Promise.allSettled(endings);
    },
  };
}
