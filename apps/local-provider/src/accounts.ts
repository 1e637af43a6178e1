/** A demo account. A restart of the process resets its balance. */
export interface Account {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  /** Unix seconds. */
  readonly createdTime: number;
  /** 1 means active. AIHubMix documents no other value. */
  readonly status: 1;
  /** Thousandths of the currency: 1,000 is 1.00. */
  quota: number;
  /** In the unit of `quota`. */
  usedQuota: number;
}

export const DEMO_PASSWORD = 'one-click';

/** The quota that one top-up adds: 10.00 in the currency. */
const TOP_UP_QUOTA = 10_000;

export interface Accounts {
  readonly usernames: readonly string[];
  find: (id: number) => Account | undefined;
  /** Returns the account if username and password are right. */
  authenticate: (credentials: { username: string; password: string }) => Account | undefined;
  /** Adds 10.00 to the balance. */
  topUp: (account: Account) => void;
}

/**
 * Formats the balance as AIHubMix does.
 * @example formatBalance({ quota: 1_000_000, usedQuota: 250_000 }) // '750.00'
 */
export function formatBalance({ quota, usedQuota }: Pick<Account, 'quota' | 'usedQuota'>): string {
  return ((quota - usedQuota) / 1000).toFixed(2);
}

export function createAccounts(): Accounts {
  const accounts: Account[] = [
    {
      id: 12345,
      username: 'user123',
      email: 'user@example.com',
      createdTime: 1640995200,
      status: 1,
      quota: 1_000_000,
      usedQuota: 250_000,
    },
    {
      id: 45678,
      username: 'user456',
      email: 'user456@example.com',
      createdTime: 1704067200,
      status: 1,
      quota: 500_000,
      usedQuota: 457_500,
    },
  ];

  return {
    usernames: accounts.map(({ username }) => username),
    find: (id) => accounts.find((account) => account.id === id),
    authenticate: ({ username, password }) =>
      password === DEMO_PASSWORD ? accounts.find((account) => account.username === username) : undefined,
    topUp: (account) => {
      account.quota += TOP_UP_QUOTA;
    },
  };
}
