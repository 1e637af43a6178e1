import type { BrowserCommand } from 'vitest/node';

export type Media = {
  colorScheme?: 'light' | 'dark';
  forcedColors?: 'active' | 'none';
  reducedMotion?: 'reduce' | 'no-preference';
};

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Sets the media features of the user's system until the next call. */
    emulateMedia: (media: Media) => Promise<void>;
  }
}

export const emulateMedia: BrowserCommand<[Media]> = ({ page }, media) => page.emulateMedia(media);
