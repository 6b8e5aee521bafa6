"use strict";
// Sorts tables of class "sortable" by a click on a heading, and hides rows that a search does not find.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const numeric = head.classList.contains("n");
    const now = head.getAttribute("aria-sort");
    const up = now === "none" ? !numeric : now === "descending";
    heads.forEach((other) => other.setAttribute("aria-sort", other === head ? (up ? "ascending" : "descending") : "none"));
    const valueOf = (row) => {
      const cell = row.cells[column];
      return numeric ? (cell.dataset.v === "" ? null : Number(cell.dataset.v)) : cell.textContent;
    };
    const rows = [...body.rows].map((row) => [valueOf(row), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      const order = numeric ? a - b : a.localeCompare(b);
      return up ? order : -order;
    });
    body.append(...rows.map(([, row]) => row));
  }));
}
for (const input of document.querySelectorAll("input[data-filter]")) {
  const table = document.getElementById(input.dataset.filter);
  const count = document.querySelector(`[data-count="${input.dataset.filter}"]`);
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = [...row.cells].slice(0, 3).map((cell) => cell.textContent).join(" ").toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    count.textContent = count.dataset.words.replace("{shown}", shown).replace("{all}", table.tBodies[0].rows.length);
  };
  input.addEventListener("input", show);
  show();
}
// Paper has nothing to unfold: open all but the longest before printing, and fold them again afterwards.
const folded = new Set();
addEventListener("beforeprint", () => document.querySelectorAll("details:not([open], [data-fold])").forEach((part) => { folded.add(part); part.open = true; }));
addEventListener("afterprint", () => { folded.forEach((part) => { part.open = false; }); folded.clear(); });
