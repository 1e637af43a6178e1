/**
 * A channel to the other pages of this origin. Undefined if the browser refuses it, as Firefox does where the user
 * blocks cookies and site data.
 */
export function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
