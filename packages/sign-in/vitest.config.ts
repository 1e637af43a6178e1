import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'happy-dom',
    restoreMocks: true,
    testTimeout: 30_000,
    include: ['{src,test}/**/*.test.{ts,tsx}'],
  },
});
