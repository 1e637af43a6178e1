import { afterEach, beforeEach, vi } from 'vitest';

// Fails a test that prints anything: warnings of the engine and our own logged faults would otherwise pass unnoticed.
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
