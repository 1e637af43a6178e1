// @vitest-environment node
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { inlineHashesOf } from './inline-hashes.ts';

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

test('each inline script and style of a page has a hash, wherever it is and however its tag is written', () => {
  const html = `<!doctype html>
    <head>
      <!-- <script>comment</script> -->
      <script>a</script><script type="module" async>b</script><SCRIPT TYPE="Text/JavaScript">c</SCRIPT >
      <script type="importmap">{}</script>
      <style media="print">d</style>
      <noscript><style>e</style></noscript>
    </head>
    <svg><style>f</style></svg>
    <template><script>g</script></template>
    <script>'<b>' + 1 < 2 // &amp;</script>`;
  expect(inlineHashesOf(html)).toEqual({
    scripts: ['a', 'b', 'c', '{}', 'g', "'<b>' + 1 < 2 // &amp;"].map(hashOf),
    styles: ['d', 'e', 'f'].map(hashOf),
  });
});

test('a script in a file, a block of data and a style in an attribute have none', () => {
  const html = `<script src="/a.js"></script><script type="application/ld+json">{}</script><p style="color: red">`;
  expect(inlineHashesOf(html)).toEqual({ scripts: [], styles: [] });
});

test('both line endings give the hash that a browser computes', () => {
  const html = '<script>\na\nb\n</script>';
  expect(inlineHashesOf(html.replaceAll('\n', '\r\n'))).toEqual(inlineHashesOf(html));
  expect(inlineHashesOf(html).scripts).toEqual([hashOf('\na\nb\n')]);
});
