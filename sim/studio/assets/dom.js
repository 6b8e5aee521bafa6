// Makes elements. Text only ever becomes text: no name that a plan or scenario carries is read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element with properties, attributes (`aria-*`, `data-*`, `role`, `for`), listeners (`onclick`) and children. */
export function el(tag, traits = {}, ...children) {
  return filled(document.createElement(tag), traits, children);
}

/** Return an SVG element; all traits but listeners are attributes. */
export function svg(tag, traits = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), traits, children, true);
}

/** Put children in the place of what a node holds. */
export function refill(node, ...children) {
  node.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function filled(node, traits, children, isSvg = false) {
  for (const [name, value] of Object.entries(traits)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (isSvg || name.includes("-") || ["role", "for", "list", "tabindex"].includes(name)) node.setAttribute(name, String(value));
    else if (name === "class") node.className = value;
    else node[name] = value;
  }
  for (const child of children.flat(2)) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

/** Call `act` once, `wait_ms` after the last of many calls. */
export function later(act, wait_ms) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait_ms);
  };
}

/** Return whether every word of a search is found in a text. */
export function finds(search, ...texts) {
  const all = texts.join(" ").toLowerCase();
  return search.toLowerCase().split(/\s+/).filter(Boolean).every((word) => all.includes(word));
}

/** Keep the focus where it was (by the attribute data-focus) while a part of the page is made anew. */
export function keepingFocus(node, remake) {
  const held = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  const scrolled = node.scrollTop;
  remake();
  node.scrollTop = scrolled;
  if (held !== undefined) [...node.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === held)?.focus();
}
