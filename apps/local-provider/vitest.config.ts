import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/console-guard.ts'],
    restoreMocks: true,
    // Ends a test that hangs. A slow machine needs less than this.
    testTimeout: 30_000,
  },
});
