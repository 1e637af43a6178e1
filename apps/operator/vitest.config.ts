import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    restoreMocks: true,
    // Ends a test that hangs. A slow machine needs less than this.
    testTimeout: 30_000,
  },
});
