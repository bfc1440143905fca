// The search that opens anywhere: Ctrl+K, "/" or a click on the search field of the top bar. It asks the server while
// somebody types; without this script the field of the top bar is a normal form that leads to the page of the search.
"use strict";

{
  const dialog = document.getElementById("wf-find");
  const field = document.getElementById("wf-find-q");
  const results = document.getElementById("wf-find-results");
  const all = document.getElementById("wf-find-all");
  const bar = document.getElementById("wf-search");
  const DELAY = 120;
  let timer;
  let request;
  let active = -1;

  const options = () => [...results.querySelectorAll("[role=option]")];

  const mark = (number) => {
    active = number;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === number)));
    const chosen = options()[number];
    if (!chosen) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };

  const show = (html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    results.replaceChildren(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
    const found = options();
    found.forEach((option, number) => { option.id = `wf-find-option-${number}`; });
    results.scrollTop = 0;
    mark(-1);
    field.setAttribute("aria-expanded", String(found.length > 0));
    const { hits, noHits } = document.body.dataset;
    document.getElementById("wf-find-status").textContent = found.length ? `${found.length} ${hits}` : noHits;
  };

  const ask = async () => {
    const query = field.value.trim();
    request?.abort();
    request = new AbortController();
    const address = new URL(field.form.action);
    if (query) address.searchParams.set("q", query);
    all.href = address;
    try {
      const answer = await fetch(address, { signal: request.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
    } catch (fault) {
      if (fault.name === "AbortError") return;
      const words = document.createElement("p");
      words.className = "wf-find__none";
      words.textContent = document.body.dataset.failed;
      results.replaceChildren(words);
    }
  };

  const open = (query = "") => {
    if (dialog.open) return field.select();
    dialog.showModal();
    field.value = query;
    field.focus();
    ask();
  };

  const onKey = (event) => {
    const found = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!found.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 ? (step > 0 ? 0 : found.length - 1) : (active + step + found.length) % found.length);
    } else if (event.key === "Enter" && found[active]) {
      event.preventDefault();
      found[active].click();
    } else if (event.key === "Escape" && field.value) {
      // A field of type search would empty itself instead of closing the dialog.
      event.preventDefault();
      dialog.close();
    }
  };

  // What is looked at is offered again. Told after the page is there, so that no page waits for it.
  const tell = () => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    if (!token || !/\/\d+$/.test(location.pathname)) return;
    const said = new URLSearchParams({ path: location.pathname });
    fetch(new URL("suche/angesehen", new URL("./", field.form.action)), { method: "POST", body: said, headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  };

  if (dialog) {
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.altKey) return;
      const command = event.ctrlKey || event.metaKey;
      const typing = document.activeElement?.matches("input, textarea, select, [contenteditable]");
      const key = event.key.toLowerCase();
      if (!(command && key === "k") && !(key === "/" && !typing && !command)) return;
      if (document.querySelector("dialog[open]") && !dialog.open) return;
      event.preventDefault();
      open();
    });
    bar?.addEventListener("click", () => open(bar.value));
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, DELAY);
    });
    field.addEventListener("keydown", onKey);
    field.form.addEventListener("submit", (event) => { if (!field.value.trim()) event.preventDefault(); });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => {
      clearTimeout(timer);
      request?.abort();
    });
    tell();
  }
}
