/** The events of the page to which the client reacts. */
export interface PageLifecycleHandlers {
  /** The tab comes to the front. */
  onVisible: () => void;
  onOffline: () => void;
  onOnline: () => void;
  /** The user leaves, and the browser keeps the page for Back (bfcache) with its content. */
  onFrozen: () => void;
  /** The user comes back to the kept page. */
  onThawed: () => void;
}

export function watchPageLifecycle(
  { onVisible, onOffline, onOnline, onFrozen, onThawed }: PageLifecycleHandlers,
  signal: AbortSignal,
): void {
  const listen = (target: EventTarget, type: string, onEvent: (event: Event) => void) =>
    target.addEventListener(type, onEvent, { signal });
  listen(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') onVisible();
  });
  listen(window, 'offline', onOffline);
  listen(window, 'online', onOnline);
  listen(window, 'pagehide', ifKept(onFrozen));
  listen(window, 'pageshow', ifKept(onThawed));
}

const ifKept = (onEvent: () => void) => (event: Event) => {
  if ('persisted' in event && event.persisted === true) onEvent();
};
