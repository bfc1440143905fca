// Comforts of lists over pages that work without them: ticked rows are counted, columns move in place, filters apply as
// they change. Contents: 1 ticked rows  2 columns  3 filters
"use strict";

// 1 ticked rows ------------------------------------------------------------------------------------------------------

function showPicked() {
  const bar = document.querySelector("[data-wf-selection]");
  if (!bar) return;
  const boxes = [...document.querySelectorAll(`[form="${bar.id}"][name="auswahl"]`)];
  const number = boxes.filter((box) => box.checked).length;
  const words = bar.querySelector("[data-wf-count]");
  bar.hidden = number === 0;
  bar.toggleAttribute("data-wf-picked", number > 0);
  if (number) words.textContent = number === 1 ? words.dataset.one : words.dataset.many.replace("{n}", String(number));
  const all = document.querySelector("[data-wf-select-all]");
  if (all) {
    all.checked = number > 0 && number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[name=auswahl], [data-wf-select-all]")) showPicked();
});
document.addEventListener("reset", (event) => {
  if (!event.target.matches("[data-wf-selection]")) return;
  setTimeout(() => {
    showPicked();
    document.querySelector("[data-wf-select-all]")?.focus();
  });
});
// A browser that returns to a page restores the ticks after the page was read.
addEventListener("pageshow", showPicked);

// 2 columns ----------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-wf-up], [data-wf-down]");
  const row = button?.closest("[data-wf-row]");
  if (!row) return;
  event.preventDefault();
  if (button.hasAttribute("data-wf-up")) row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
});

// 3 filters ----------------------------------------------------------------------------------------------------------

const filters = document.querySelector("[data-wf-filters]");
if (filters) {
  let timer;
  filters.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(timer);
    timer = setTimeout(() => event.target.dispatchEvent(new Event("change", { bubbles: true })), 400);
  });
}
// An address says what is set and leaves out what is not.
document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (!sourceElement?.matches?.("[data-wf-filters]") || !(request.body instanceof FormData)) return;
  for (const [name, value] of [...request.body]) if (value === "") request.body.delete(name);
});
document.addEventListener("htmx:after:swap", showPicked);
showPicked();
