import { expect, test } from 'vitest';
import { refreshMarginSeconds } from './refresh-margin.ts';

test.each([
  [0, 0],
  [1, 0.2],
  [60, 12],
  [299, 59.8],
  [1499, 299.8],
  [1500, 300],
  [7200, 300],
  [86_400, 300],
])('an access token that lives for %d seconds is due %d seconds before its end', (life, margin) => {
  expect(refreshMarginSeconds(life)).toBeCloseTo(margin, 9);
});
