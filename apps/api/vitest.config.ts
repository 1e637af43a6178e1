import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/console-guard.ts'],
    restoreMocks: true,
    // Against what hangs. How fast a machine is, is not what is tested.
    testTimeout: 30_000,
  },
});
