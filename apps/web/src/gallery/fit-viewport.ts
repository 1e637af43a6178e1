import { page } from 'vitest/browser';

/** Makes the viewport as high as the page. A higher viewport may make the page itself higher. */
export async function fitViewport(width: number): Promise<void> {
  for (let height = 0; height < document.documentElement.scrollHeight;) {
    height = document.documentElement.scrollHeight;
    await page.viewport(width, height);
  }
}
