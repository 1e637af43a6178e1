import { createHash } from 'node:crypto';
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5';
import type { InlineHashes } from '../headers.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/**
 * The hashes by which a Content-Security-Policy allows the inline scripts and styles of a page. Parsed as a browser
 * parses the page, because the browser hashes the text of the element and not the bytes of the file: both line endings
 * give the same hash.
 */
export function inlineHashesOf(html: string): InlineHashes {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const visit = (node: Node) => {
    if (defaultTreeAdapter.isElementNode(node)) {
      if (node.tagName === 'script' && isInlineScript(node)) scripts.add(hashOf(node));
      if (node.tagName === 'style') styles.add(hashOf(node));
    }
    if ('content' in node) visit(node.content);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  // Without scripting, so that the styles in a <noscript> are parsed, too.
  visit(parse(html, { scriptingEnabled: false }));
  return { scripts: [...scripts], styles: [...styles] };
}

/** The types of scripts that the policy decides about. Any other type is data. */
const SCRIPT_TYPE =
  /^(?:|module|importmap|speculationrules|(?:text|application)\/(?:x-)?(?:java|ecma)script)$/i;

function isInlineScript({ attrs }: Element): boolean {
  const attributes = new Map(attrs.map(({ name, value }) => [name, value]));
  return !attributes.has('src') && SCRIPT_TYPE.test(attributes.get('type')?.trim() ?? '');
}

function hashOf({ childNodes }: Element): string {
  const text = childNodes.map((child) => ('value' in child ? child.value : '')).join('');
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
