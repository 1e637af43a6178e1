import { afterEach, beforeEach, vi } from 'vitest';

// What the engine warns about, and what we log as our own fault, must not happen unnoticed.
const methods = ['error', 'warn', 'info', 'log'] as const;

beforeEach(() => {
  for (const method of methods) vi.spyOn(console, method).mockImplementation(() => undefined);
});

afterEach(() => {
  for (const method of methods) {
    const [call] = vi.mocked(console[method]).mock.calls;
    if (call) throw new Error(`console.${method}: ${call.join(' ')}`);
  }
});
