import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Entry {
  payload: AdapterPayload;
  expiresAtMs: number;
}

const SWEEP_INTERVAL_MS = 60_000;

/**
 * Where one provider keeps its sessions, grants, codes and tokens. The engine's own memory adapter is shared by
 * all providers of a process, and forgets the oldest entry beyond a thousand.
 */
export function createMemoryAdapterFactory(): AdapterFactory {
  const entries = new Map<string, Entry>();
  let nextSweepMs = 0;

  // Instead of a timer: whoever writes clears away what has expired, once a minute.
  function sweep(): void {
    const nowMs = Date.now();
    if (nowMs < nextSweepMs) return;
    nextSweepMs = nowMs + SWEEP_INTERVAL_MS;
    for (const [key, { expiresAtMs }] of entries) if (expiresAtMs <= nowMs) entries.delete(key);
  }

  function findPayload(key: string): AdapterPayload | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAtMs <= Date.now()) return undefined;
    return structuredClone(entry.payload);
  }

  function findOne(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload }] of entries) {
      if (key.startsWith(`${model}:`) && matches(payload)) return findPayload(key);
    }
    return undefined;
  }

  return (model): Adapter => ({
    upsert: async (id, payload, expiresInSeconds) => {
      sweep();
      const expiresAtMs = expiresInSeconds === undefined ? Infinity : Date.now() + expiresInSeconds * 1000;
      entries.set(`${model}:${id}`, { payload: structuredClone(payload), expiresAtMs });
    },
    find: async (id) => findPayload(`${model}:${id}`),
    findByUid: async (uid) => findOne(model, (payload) => payload.uid === uid),
    // Part of the interface, for the device flow (RFC 8628), which is off.
    findByUserCode: async (userCode) => findOne(model, (payload) => payload.userCode === userCode),
    consume: async (id) => {
      const entry = entries.get(`${model}:${id}`);
      if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => {
      entries.delete(`${model}:${id}`);
    },
    // All models at once: a grant that ends takes its codes and tokens with it, whatever they are.
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of entries)
        if (payload.grantId === grantId && isGranted(key)) entries.delete(key);
    },
  });
}

/** A sign-in under way (an Interaction) names its grant too, but does not hang on it. */
function isGranted(key: string): boolean {
  return /^(AccessToken|RefreshToken|AuthorizationCode):/.test(key);
}
