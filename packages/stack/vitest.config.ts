import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Catches hanging tests. The speed of the machine is not under test.
    testTimeout: 30_000,
  },
});
