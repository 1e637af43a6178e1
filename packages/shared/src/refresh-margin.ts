const SHARE_OF_LIFE = 1 / 5;
const MAX_SECONDS = 300;

/**
 * Seconds before the end of an access token at which it is due for a refresh: a fifth of its life, five minutes at most.
 * AIHubMix asks its clients for five minutes, but of a token that lives for less, five minutes would be its whole life.
 *
 * @param lifeSeconds from the issue of the token to its end
 * @see https://docs.aihubmix.com/en/api/Auth
 * @example
 * refreshMarginSeconds(7200); // 300
 * refreshMarginSeconds(120); // 24
 */
export function refreshMarginSeconds(lifeSeconds: number): number {
  return Math.min(lifeSeconds * SHARE_OF_LIFE, MAX_SECONDS);
}
