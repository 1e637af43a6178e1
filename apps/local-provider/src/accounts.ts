/** The demo accounts. They live as long as the process: a restart brings the first balance back. */
export interface Account {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  /** Unix seconds. */
  readonly createdTime: number;
  /** 1 is an active account; no other number is documented. */
  readonly status: 1;
  quota: number;
  usedQuota: number;
}

export const DEMO_PASSWORD = 'one-click';

/** What one top-up adds to the quota: 10.00 as the user sees it. */
const TOP_UP_QUOTA = 10_000;

export interface Accounts {
  readonly usernames: readonly string[];
  find: (id: number) => Account | undefined;
  authenticate: (credentials: { username: string; password: string }) => Account | undefined;
  topUp: (account: Account) => void;
}

/** (1,000,000 − 250,000) / 1,000 = "750.00", as in the example of AIHubMix's documentation. */
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
