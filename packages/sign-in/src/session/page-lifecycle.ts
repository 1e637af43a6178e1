/** What happens to the page while it is open. */
export interface PageLifecycleHandlers {
  /** The tab comes to the front. */
  onVisible: () => void;
  onOffline: () => void;
  onOnline: () => void;
  /** The browser keeps the page for Back (bfcache), with all that it shows. */
  onFrozen: () => void;
  /** Back to a page that the browser kept. */
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
