import { expect, test, vi } from 'vitest';
import { createListeners } from './listeners.ts';

test('a function that is added twice is called twice, and removing one leaves the other', () => {
  const listeners = createListeners<[string]>();
  const listener = vi.fn<(value: string) => void>();
  const remove = listeners.add(listener);
  listeners.add(listener);
  listeners.notify('a');
  expect(listener).toHaveBeenCalledTimes(2);
  remove();
  remove();
  listeners.notify('b');
  expect(listener).toHaveBeenCalledTimes(3);
});

test('an error in one listener reaches neither the others nor the caller', () => {
  const uncaught: unknown[] = [];
  vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
    try {
      task();
    } catch (error) {
      uncaught.push(error);
    }
  });
  const listeners = createListeners();
  const error = new Error("the listener's own");
  const other = vi.fn<() => void>();
  listeners.add(() => {
    throw error;
  });
  listeners.add(other);
  listeners.notify();
  expect(other).toHaveBeenCalledTimes(1);
  expect(uncaught).toEqual([error]);
});
