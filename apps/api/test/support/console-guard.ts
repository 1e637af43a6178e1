import { afterEach, beforeEach, vi } from 'vitest';

// Fails a test that prints an unexpected error or warning.
const methods = ['error', 'warn'] as const;

beforeEach(() => {
  for (const method of methods) vi.spyOn(console, method);
});
afterEach(() => {
  for (const method of methods) {
    const [call] = vi.mocked(console[method]).mock.calls;
    if (call) throw new Error(`console.${method}: ${call.join(' ')}`);
  }
});
