/** Halve the memory under load: docs/decisions/2026-11-25-memory.md. */
export const MEMORY_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=50'];
