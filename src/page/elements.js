/**
 * Finding, making and filling elements of the document that index.html lays out.
 *
 * Invariants of all that the page shows:
 * - What came from a file or a client gets into the document only as text: `element` knows no markup, and
 *   nothing here uses innerHTML. The content security policy forbids the rest.
 * - A part is rebuilt only when what it shows has changed (`fill`), so that focus, selection and scrolling last.
 */

/** The element with this ID. */
export const $ = (id) => document.getElementById(id);

/** An element with attributes and children; strings become text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The facts, as text, that each filled node shows. */
const filled = new WeakMap();

/** Let `node` hold what `build` returns, rebuilt only if `facts` changed since the last time. */
export function fill(node, facts, build) {
  const key = JSON.stringify(facts);
  if (filled.get(node) === key) return;
  filled.set(node, key);
  node.replaceChildren(...[build()].flat().filter((child) => child !== null));
}

/** Whether `node` still shows what was filled in for these facts. */
export const shows = (node, facts) => filled.get(node) === JSON.stringify(facts);

/** Text from outside, kept from turning the direction of the text around it. */
export const outside = (text, attributes) => element("bdi", attributes, text);

/** Tell those who listen instead of looking. */
export function announce(text) {
  $("announce").textContent = text;
}
