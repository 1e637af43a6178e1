/** A transaction, and until when its cookie can be opened. */
interface TransactionUse {
  jti: string;
  expiresAt: number;
}

/** Lets one request use a transaction, even if several have a copy of its cookie. */
export interface UsedTransactions {
  /** @returns false if another request has claimed the transaction */
  claim: (transaction: TransactionUse) => Promise<boolean>;
  /** Undoes a claim, so that the same request can be sent again. */
  release: (transaction: TransactionUse) => Promise<void>;
}

/** For one instance: the provider refuses the second use of a code by itself (RFC 6749 §4.1.2). */
export const unlimitedTransactions: UsedTransactions = {
  claim: async () => true,
  release: async () => undefined,
};
