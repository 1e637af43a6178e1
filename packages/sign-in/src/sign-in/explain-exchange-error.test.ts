import { expect, test } from 'vitest';
import { createApiClient } from '../api/api-client.ts';
import { SignInError } from '../sign-in-error.ts';
import { explainExchangeError } from './explain-exchange-error.ts';

const notFound = new SignInError('transaction_not_found', { status: 400, requestId: 'req-1' });

test.each(['https://api.example.org', 'https://api.localhost', 'http://127.0.0.1:3000'])(
  'a lost transaction of an API at %s means that its cookies are blocked',
  (apiOrigin) => {
    expect(explainExchangeError(createApiClient({ apiOrigin }), notFound)).toMatchObject({
      code: 'api_cookies_blocked',
      status: 400,
      requestId: 'req-1',
      retryable: false,
    });
  },
);

test.each([undefined, 'http://localhost:3000', 'http://localhost:9'])(
  'a lost transaction of an API on the host of the page stays lost (%s)',
  (apiOrigin) => {
    expect(explainExchangeError(createApiClient({ apiOrigin }), notFound)).toBe(notFound);
  },
);

test.each(['transaction_replaced', 'transaction_expired', 'authorization_denied', 'code_rejected'] as const)(
  'the error %s says what it says on every host',
  (code) => {
    const error = new SignInError(code);
    expect(explainExchangeError(createApiClient({ apiOrigin: 'https://api.example.org' }), error)).toBe(
      error,
    );
  },
);
