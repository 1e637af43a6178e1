// @vitest-environment node
import { expect, test } from 'vitest';
import { contrast } from './contrast.ts';

test.each([
  ['#ffffff', '#000000', 21],
  ['#000000', '#ffffff', 21],
  ['#4f46e5', '#4f46e5', 1],
  // The grey with just enough contrast for a text on white, and the next one: https://webaim.org/resources/contrastchecker/
  ['#767676', '#ffffff', 4.54],
  ['#777777', '#ffffff', 4.48],
  ['#000000', 'rgb(255, 255, 255)', 21],
])('the contrast of %s and %s is %s', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 2);
});
