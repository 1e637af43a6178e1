import { inAppBrowser } from '@oneclick/sign-in';
import { useSyncExternalStore } from 'react';

/** The app whose built-in browser shows the page, or undefined. The first screen in index.html does not name it. */
export function useInAppBrowser(): string | undefined {
  return useSyncExternalStore(
    () => () => undefined,
    () => inAppBrowser(navigator.userAgent),
    () => undefined,
  );
}
