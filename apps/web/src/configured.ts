/**
 * What the operator has chosen for this deployment, from the attributes that deployment/configure-page.ts writes to the root element: the
 * name of the brand, and the languages to offer. Empty in the build, where there is no document.
 */
export function configured(): { brand?: string; languages?: string } {
  return globalThis.document?.documentElement.dataset ?? {};
}
