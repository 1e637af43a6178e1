import { inAppBrowser } from '@oneclick/sign-in';
import { createContext, use } from 'react';

/** Replaces the name of the app whose built-in browser shows the page. For the build, which has no browser. */
export const InAppBrowserContext = createContext<string | undefined>(undefined);

/** The app whose built-in browser shows the page, or undefined. */
export function useInAppBrowser(): string | undefined {
  return use(InAppBrowserContext) ?? inAppBrowser(navigator.userAgent);
}
