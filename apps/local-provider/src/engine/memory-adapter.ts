import { LRUCache } from 'lru-cache';
import type { AdapterFactory, AdapterPayload } from 'oidc-provider';

/** Entries beyond this number replace the oldest ones. */
const MAX_ENTRIES = 100_000;

/** The records that end with their grant. An Interaction names its grant too, but outlives it. */
const REVOKED_WITH_GRANT = /^(AccessToken|RefreshToken|AuthorizationCode):/;

/**
 * Stores the sessions, grants, codes and tokens of one provider. All providers of a process share the engine's own memory
 * adapter, so tests in one process would see each other's records.
 */
export function createMemoryAdapterFactory(): AdapterFactory {
  // The default is `performance.now`, which the tests cannot move.
  const records = new LRUCache<string, AdapterPayload>({ max: MAX_ENTRIES, perf: { now: () => Date.now() } });

  return (model) => {
    const findOne = async (matches: (payload: AdapterPayload) => boolean) =>
      records.find((payload, key) => key.startsWith(`${model}:`) && matches(payload));

    return {
      upsert: async (id, payload, expiresInSeconds) => {
        const expiry = expiresInSeconds === undefined ? {} : { ttl: expiresInSeconds * 1000 };
        records.set(`${model}:${id}`, payload, expiry);
      },
      find: async (id) => records.get(`${model}:${id}`),
      findByUid: (uid) => findOne((payload) => payload.uid === uid),
      // The interface requires this method. Only the device flow (RFC 8628) calls it, which is off.
      findByUserCode: (userCode) => findOne((payload) => payload.userCode === userCode),
      consume: async (id) => {
        const payload = records.get(`${model}:${id}`);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => {
        records.delete(`${model}:${id}`);
      },
      revokeByGrantId: async (grantId) => {
        const isRevoked = ([key, payload]: [string, AdapterPayload]) =>
          payload.grantId === grantId && REVOKED_WITH_GRANT.test(key);
        for (const [key] of [...records.entries()].filter(isRevoked)) records.delete(key);
      },
    };
  };
}
