import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../http/api-error.ts';
import { NeverSentError } from '../provider/never-sent-error.ts';
import { createExchangeOnce } from './exchange-once.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

const given = { jti: 'transaction-1', codeVerifier: 'verifier-1', expiresAt: 600, code: 'code-1' };
const succeed = () => vi.fn<() => Promise<string>>(async () => 'session');
const fail = (cause: Error) =>
  vi.fn<() => Promise<string>>(async () => {
    throw cause;
  });

test('requests with one transaction and one code share one exchange, at the same time or within 30 seconds', async () => {
  const exchangeOnce = createExchangeOnce<string>();
  const exchange = succeed();
  const results = await Promise.all([exchangeOnce(given, exchange), exchangeOnce(given, exchange)]);
  vi.setSystemTime(29_999);
  results.push(await exchangeOnce(given, exchange));
  expect(results).toEqual(['session', 'session', 'session']);
  expect(exchange).toHaveBeenCalledTimes(1);
  vi.setSystemTime(30_000);
  await exchangeOnce(given, exchange);
  expect(exchange).toHaveBeenCalledTimes(2);
});

test('another code of the same transaction is refused without an exchange', async () => {
  const exchangeOnce = createExchangeOnce<string>();
  await exchangeOnce(given, succeed());
  const exchange = succeed();
  const second = exchangeOnce({ ...given, code: 'code-2' }, exchange);
  await expect(second).rejects.toMatchObject({ code: 'transaction_replayed' });
  expect(exchange).not.toHaveBeenCalled();
});

test('an exchange that the provider has never received may be repeated', async () => {
  const exchangeOnce = createExchangeOnce<string>();
  const cause = new NeverSentError('ConnectError');
  const down = fail(new ApiError('provider_unavailable', { cause }));
  await expect(exchangeOnce(given, down)).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(await exchangeOnce(given, succeed())).toBe('session');
});

test('a failed exchange that the provider may have received is not repeated, and its error is shared', async () => {
  const exchangeOnce = createExchangeOnce<string>();
  const exchange = fail(new ApiError('provider_timeout'));
  const results = await Promise.allSettled([exchangeOnce(given, exchange), exchangeOnce(given, exchange)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(exchangeOnce(given, succeed())).rejects.toMatchObject({ code: 'provider_timeout' });
  expect(exchange).toHaveBeenCalledTimes(1);
});

test('two transactions are exchanged separately', async () => {
  const exchangeOnce = createExchangeOnce<string>();
  const exchange = succeed();
  await Promise.all([
    exchangeOnce(given, exchange),
    exchangeOnce({ ...given, jti: 'transaction-2' }, exchange),
  ]);
  expect(exchange).toHaveBeenCalledTimes(2);
});
