/**
 * Does to the page what the translation of Chrome does: it takes each text node out of the document, and puts an element
 * with the translation in its place. A script that changes the text node later changes nothing that the user sees.
 */
export function translatePage(page: Element): void {
  const texts: Text[] = [];
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const isForTranslation = node.parentElement?.closest('[translate="no"]') === null;
    if (node instanceof Text && isForTranslation && node.data.trim() !== '') texts.push(node);
  }
  for (const text of texts) {
    const translated = document.createElement('font');
    translated.textContent = `‹${text.data}›`;
    text.replaceWith(translated);
  }
}
