"use strict";
// Sorting: a button in every column head; groups stay together.
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") === "descending" || (!head.classList.contains("n") && !head.hasAttribute("aria-sort"));
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const read = (row) => {
      const cell = row.cells[column];
      return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent.trim();
    };
    const compare = (a, b) => {
      const [x, y] = [read(a), read(b)];
      if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1; // what is absent stays last
      const order = typeof x === "number" ? x - y : x.localeCompare(y);
      return up ? order : -order;
    };
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("group"));
      rows.sort(compare).forEach((row) => body.append(row));
    }
  }));
}

// Filters: a table whose rows have language families can show one of them.
for (const table of document.querySelectorAll("table")) {
  const rows = [...table.querySelectorAll("tr[data-family]")];
  const families = [...new Set(rows.map((row) => row.dataset.family))].sort();
  if (families.length < 2) continue;
  const label = document.createElement("label");
  const select = document.createElement("select");
  for (const each of ["", ...families]) select.add(new Option(each || "all", each));
  select.addEventListener("change", () => {
    for (const row of rows) row.hidden = Boolean(select.value) && row.dataset.family !== select.value;
    for (const head of table.querySelectorAll("tr.group")) {
      head.hidden = [...head.parentElement.rows].every((row) => row === head || row.hidden);
    }
  });
  label.className = "filter";
  label.append("Language family", select);
  table.closest(".scroll").before(label);
}

// Downloads come from the page itself, so that a page sent by mail has them. Where that fails, the link leads to the
// file beside the page.
let unpacked;
const opened = async () => {
  const bytes = Uint8Array.from(atob(document.getElementById("files").textContent.trim()), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
};
const unpack = () => unpacked ??= opened();
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.file");
  if (!link || !link.hasAttribute("download") || !("DecompressionStream" in window)) return;
  event.preventDefault();
  const name = link.getAttribute("download");
  const kind = name.endsWith(".svg") ? "image/svg+xml" : name.endsWith(".csv") ? "text/csv" : "text/plain";
  const address = URL.createObjectURL(new Blob([(await unpack())[name]], { type: `${kind};charset=utf-8` }));
  const made = Object.assign(document.createElement("a"), { href: address, download: name });
  made.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
});

// A narrow screen's drawings come from there too. Where they cannot, those of a wide screen stay, and are scrolled.
const narrow = matchMedia("(max-width: 45rem)");
const draw = async () => {
  const empty = [...document.querySelectorAll(".narrow[data-drawn]:empty")];
  if (!narrow.matches || !empty.length || !("DecompressionStream" in window)) return;
  const files = await unpack();
  for (const each of empty) each.innerHTML = files[each.dataset.drawn];
};
narrow.addEventListener("change", draw);
draw();

// Tooltips: every mark of a figure carries its numbers as aria-label; cells share theirs, listed once in the page.
const notes = JSON.parse(document.getElementById("notes").textContent);
for (const cell of document.querySelectorAll("[data-note]")) cell.title = notes[cell.dataset.note];
const tip = document.getElementById("tip");
const told = (target) => {
  const mark = target.closest("svg :is(.mark-symbol, .mark-rect, .mark-rule, .mark-line) [aria-label]");
  return mark && mark.getAttribute("aria-label");
};
const place = (event) => {
  const text = told(event.target);
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const x = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8);
  tip.style.left = `${Math.max(8, x)}px`;
  tip.style.top = `${event.clientY - tip.offsetHeight - 10 < 8 ? event.clientY + 16 : event.clientY - tip.offsetHeight - 10}px`;
};
for (const kind of ["pointermove", "pointerdown"]) document.addEventListener(kind, place);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
document.addEventListener("scroll", () => { tip.hidden = true; }, true);

// A printed page has nothing to unfold; a link into what is folded unfolds it.
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
const unfold = () => {
  const aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = aim; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
};
window.addEventListener("hashchange", unfold);
unfold();
