import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPreparedStart } from './prepared-start.ts';

const start = { authorizationUrl: 'https://provider.example/', state: 's'.repeat(43), expiresIn: 600 };
const request = vi.fn<() => Promise<typeof start>>();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
  request.mockReset().mockImplementation(async () => ({ ...start }));
});
afterEach(() => {
  vi.useRealTimers();
});

const answered = () => new Promise((resolve) => setTimeout(resolve));

test('a start is asked for once, however often the pointer passes, and used once', async () => {
  const prepared = createPreparedStart(request);
  prepared.prepare();
  prepared.prepare();
  await answered();
  prepared.prepare();
  expect(request).toHaveBeenCalledTimes(1);
  expect(prepared.take().ready).toEqual(start);
  expect(prepared.take().ready).toBeUndefined();
  expect(request).toHaveBeenCalledTimes(2);
});

test('a click before the answer waits for the same answer', async () => {
  const prepared = createPreparedStart(request);
  prepared.prepare();
  const taken = prepared.take();
  expect(taken.ready).toBeUndefined();
  await expect(taken.answer).resolves.toEqual(start);
  expect(request).toHaveBeenCalledTimes(1);
});

test('a start is asked for again when half its life is over', async () => {
  const prepared = createPreparedStart(request);
  prepared.prepare();
  await answered();
  vi.advanceTimersByTime(301_000);
  expect(prepared.take().ready).toBeUndefined();
  expect(request).toHaveBeenCalledTimes(2);
});

test('after a failure the click asks again at once, and the pointer after ten seconds', async () => {
  request.mockRejectedValue(new Error('down'));
  const prepared = createPreparedStart(request);
  prepared.prepare();
  await answered();
  prepared.prepare();
  expect(request).toHaveBeenCalledTimes(1);
  await expect(prepared.take().answer).rejects.toThrow('down');
  expect(request).toHaveBeenCalledTimes(2);
  prepared.prepare();
  await answered();
  vi.advanceTimersByTime(11_000);
  prepared.prepare();
  expect(request).toHaveBeenCalledTimes(4);
  await answered();
});

test('a sign-out drops the prepared start', async () => {
  const prepared = createPreparedStart(request);
  prepared.prepare();
  await answered();
  prepared.drop();
  expect(prepared.take().ready).toBeUndefined();
});
