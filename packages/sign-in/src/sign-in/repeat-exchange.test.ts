import { expect, test, vi } from 'vitest';
import { later, stopClock } from '../../test/later.ts';
import { SignInError, type SignInErrorCode } from '../sign-in-error.ts';
import { repeatExchange } from './repeat-exchange.ts';

const failWith =
  (code: SignInErrorCode, details: ConstructorParameters<typeof SignInError>[1]) => async () => {
    throw new SignInError(code, details);
  };

test('an exchange that may be repeated is repeated after Retry-After', async () => {
  stopClock();
  const exchange = vi.fn<() => Promise<string>>(async () => 'token');
  exchange.mockImplementationOnce(
    failWith('rate_limited', { status: 429, retryable: true, retryAfterMs: 40_000 }),
  );
  const result = repeatExchange(exchange);
  await later(39_000);
  expect(exchange).toHaveBeenCalledTimes(1);
  await later(2_000);
  await expect(result).resolves.toBe('token');
  expect(exchange).toHaveBeenCalledTimes(2);
});

test('an exchange is not repeated if the waits together are longer than a minute', async () => {
  stopClock();
  const exchange = vi.fn<() => Promise<string>>(
    failWith('rate_limited', { status: 429, retryable: true, retryAfterMs: 40_000 }),
  );
  const error = repeatExchange(exchange).catch((cause: unknown) => cause);
  await later(41_000);
  await expect(error).resolves.toMatchObject({ code: 'rate_limited' });
  expect(exchange).toHaveBeenCalledTimes(2);
});

test('an exchange is tried three times in all', async () => {
  stopClock();
  const exchange = vi.fn<() => Promise<string>>(
    failWith('provider_unavailable', { status: 503, retryable: true }),
  );
  const result = repeatExchange(exchange).catch(({ code }: SignInError) => code);
  await later(15_000);
  await expect(result).resolves.toBe('provider_unavailable');
  expect(exchange).toHaveBeenCalledTimes(3);
});

test.each([
  ['the API says that it cannot be repeated', 'provider_timeout', { status: 504 }],
  ['the code was rejected', 'code_rejected', { status: 400 }],
  ['no answer came', 'api_unreachable', { retryable: true }],
  ['a proxy answered in place of the API', 'api_unreachable', { status: 502, retryable: true }],
] as const)('an exchange is not repeated if %s', async (_, code, details) => {
  const exchange = vi.fn<() => Promise<string>>(failWith(code, details));
  await expect(repeatExchange(exchange)).rejects.toMatchObject({ code });
  expect(exchange).toHaveBeenCalledTimes(1);
});

test('an exchange that is no longer wanted is not repeated', async () => {
  stopClock();
  const exchange = vi.fn<() => Promise<string>>(failWith('shutting_down', { status: 503, retryable: true }));
  const result = repeatExchange(exchange, { isWanted: () => false }).catch(({ code }: SignInError) => code);
  await later(5_000);
  await expect(result).resolves.toBe('shutting_down');
  expect(exchange).toHaveBeenCalledTimes(1);
});
