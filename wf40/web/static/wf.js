// wf40 in the browser: small comforts over pages that work without it. No framework, no inline code, no eval.
// Contents: 1 helpers  2 picker  3 forms  4 keyboard  5 dialogs, menus, messages  6 lists  7 htmx
"use strict";

// 1 helpers ----------------------------------------------------------------------------------------------------------

const text = (name) => document.body.dataset[name] || "";
// "Müller", "Mueller" and "Muller" are the same for somebody who types; so are "ß" and "ss".
const fold = (value) => value.toLowerCase().replace(/ß/g, "ss").replace(/([aou])e/g, "$1").normalize("NFD").replace(/\p{M}/gu, "");
const isEditable = (element) => element?.matches?.("input, textarea, select, [contenteditable]");

// 2 picker -----------------------------------------------------------------------------------------------------------
// <wf-combobox> around a <select>: type to narrow the list. Around an <input>, with data-src: the server is asked
// (GET data-src?q=...) and answers <li role="option" data-value="...">text</li>. ARIA 1.2 combobox with a listbox.

class Picker extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    const source = this.querySelector("select, input");
    if (!source) return;
    this.select = source instanceof HTMLSelectElement ? source : null;
    this.active = -1;
    this.build(source);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.leave());
    this.input.addEventListener("click", () => this.select && this.list.hidden && this.search(true));
    this.select?.addEventListener("change", () => { this.input.value = this.chosenText(); });
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
  }

  build(source) {
    const id = source.id;
    this.input = this.select ? document.createElement("input") : source;
    if (this.select) {
      this.input.type = "text";
      this.input.className = "kern-form-input__input";
      if (source.getAttribute("aria-invalid")) this.input.classList.add("kern-form-input__input--error");
      for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
        if (source.hasAttribute(name)) this.input.setAttribute(name, source.getAttribute(name));
      }
      this.input.disabled = source.disabled;
      source.id = `${id}-native`;
      source.hidden = true;
      const wrapper = source.closest(".kern-form-input__select-wrapper");
      if (wrapper) wrapper.hidden = true;
      this.input.id = id;
      this.input.value = this.chosenText();
    }
    this.list = document.createElement("ul");
    this.list.id = `${id}-liste`;
    this.list.className = "wf-listbox";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.status = document.createElement("div");
    this.status.setAttribute("role", "status");
    this.status.className = "kern-sr-only";
    this.chosen = document.createElement("span");
    this.chosen.className = "wf-combobox__chosen";
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    if (label) {
      label.id ||= `${id}-beschriftung`;
      this.list.setAttribute("aria-labelledby", label.id);
    }
    const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.append(this.input, this.list, this.status, this.chosen);
    if (this.select) {
      const arrow = document.createElement("span");
      arrow.className = "kern-icon kern-icon--arrow-down wf-combobox__arrow";
      arrow.setAttribute("aria-hidden", "true");
      this.append(arrow);
    }
  }

  chosenText() {
    return this.select?.selectedOptions[0]?.text.trim() || "";
  }

  search(everything = false) {
    if (this.select) {
      const wanted = everything ? "" : fold(this.input.value);
      this.show([...this.select.options].filter((option) => fold(option.text).includes(wanted)).map((option) => {
        const item = document.createElement("li");
        item.setAttribute("role", "option");
        item.dataset.value = option.value;
        item.textContent = option.text;
        return item;
      }));
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 200);
  }

  async ask() {
    const query = this.input.value.trim();
    if (!query) return this.close();
    this.request?.abort();
    this.request = new AbortController();
    const address = new URL(this.dataset.src, document.baseURI);
    address.searchParams.set("q", query);
    try {
      const answer = await fetch(address, { signal: this.request.signal, headers: { "X-Requested-With": "wf-combobox" } });
      const parsed = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
      this.show([...parsed.querySelectorAll("[role=option]")].map((item) => document.importNode(item, true)));
    } catch (fault) {
      if (fault.name !== "AbortError") this.close();
    }
  }

  show(items) {
    items.forEach((item, number) => {
      item.id = `${this.list.id}-${number}`;
      item.setAttribute("aria-selected", "false");
    });
    this.list.replaceChildren(...items);
    this.active = -1;
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = items.length ? `${items.length} ${text("hits")}` : text("noHits");
  }

  move(step) {
    const items = [...this.list.children];
    if (!items.length) return;
    this.active = this.active < 0 ? (step > 0 ? 0 : items.length - 1) : (this.active + step + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === this.active)));
    this.input.setAttribute("aria-activedescendant", items[this.active].id);
    items[this.active].scrollIntoView({ block: "nearest" });
  }

  onKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden && this.select) this.search(true);
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault();
      this.choose(this.list.children[this.active]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  choose(option) {
    if (this.select) {
      this.select.value = option.dataset.value;
      this.input.value = option.textContent.trim();
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      this.input.value = option.dataset.value;
      const words = option.textContent.trim();
      this.chosen.textContent = words === this.input.value ? "" : words;
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.close();
  }

  close() {
    this.request?.abort();
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  leave() {
    this.close();
    if (!this.select) return;
    const blank = [...this.select.options].find((option) => option.value === "");
    if (this.input.value.trim() === "" && blank) this.select.value = "";
    this.input.value = this.chosenText();
  }
}
customElements.define("wf-combobox", Picker);

// 3 forms ------------------------------------------------------------------------------------------------------------

const edited = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-wf-guard")) edited.add(form);
});
document.addEventListener("submit", (event) => edited.delete(event.target));
addEventListener("beforeunload", (event) => {
  if ([...edited].some((form) => form.isConnected)) event.preventDefault();
});

function formToSave() {
  const inside = document.activeElement?.closest("form[data-wf-save]");
  const all = document.querySelectorAll("form[data-wf-save]");
  return inside || (all.length === 1 ? all[0] : null);
}

// 4 keyboard ---------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  const key = event.key.toLowerCase();
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  const typing = isEditable(document.activeElement);
  if (command && key === "s") {
    const form = formToSave();
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  } else if (key === "?" && !typing && !command) {
    document.getElementById("wf-shortcuts")?.showModal();
  } else if (event.altKey && !typing && (key === "arrowleft" || key === "arrowright")) {
    const link = document.querySelector(key === "arrowleft" ? "[data-wf-previous]" : "[data-wf-next]");
    if (!link) return;
    event.preventDefault();
    link.click();
  } else if (event.altKey && !typing && (key === "arrowup" || key === "arrowdown")) {
    const steps = [...document.querySelectorAll("[data-wf-step]")];
    const now = steps.indexOf(document.activeElement?.closest("[data-wf-step]"));
    const next = steps[key === "arrowdown" ? now + 1 : Math.max(now - 1, 0)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "start" });
  } else if (key === "escape") {
    const menu = document.activeElement?.closest("details[data-wf-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// 5 dialogs, menus, messages -----------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-wf-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.wfOpen);
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  event.target.closest("[data-wf-close]")?.closest("dialog")?.close();
  event.target.closest("[data-wf-dismiss]")?.closest(".wf-toast")?.remove();
  if (event.target.closest("[data-wf-print]")) window.print();
  for (const menu of document.querySelectorAll("details.wf-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function enhance(root) {
  // Buttons that only work with this script are hidden until it runs.
  root.querySelectorAll("[data-wf-dismiss], [data-wf-needs-script]").forEach((element) => { element.hidden = false; });
  root.querySelector("[data-wf-focus]")?.focus();
}

// 6 lists ------------------------------------------------------------------------------------------------------------

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-wf-select-all]")) return;
  event.target.closest("table").querySelectorAll("tbody .wf-tick input").forEach((box) => {
    if (box.checked !== event.target.checked) box.click();
  });
});
// On a phone only the search stands open; the other filters move into the fold below it.
if (matchMedia("(max-width: 40rem)").matches) for (const fold of document.querySelectorAll(".wf-toolbar > .wf-morefilters")) {
  fold.querySelector(".wf-toolbar").prepend(...fold.parentElement.querySelectorAll(":scope > .kern-form-input ~ .kern-form-input"));
}

// 7 htmx -------------------------------------------------------------------------------------------------------------

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const request = event.detail.ctx.request;
  if (token && new URL(request.action, document.baseURI).origin === location.origin) request.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx?.target ?? event.target;
  if (target instanceof Element) enhance(target.isConnected ? target : document.body);
});
document.addEventListener("htmx:error", () => {
  const place = document.getElementById("wf-toasts");
  if (!place || place.querySelector(".wf-toast--danger[data-wf-network]")) return;
  const message = document.createElement("div");
  message.className = "wf-toast wf-toast--danger";
  message.setAttribute("data-wf-network", "");
  const words = document.createElement("p");
  words.textContent = text("failed");
  message.append(words);
  place.append(message);
});

enhance(document);
