// Drafts of long forms: <form data-wf-draft="key"> is kept in this tab while somebody types, so that a dropped connection
// or a reload loses nothing. Kept in sessionStorage only: closing the tab or signing out forgets it, and another person who
// signs in in the same tab does not see it. Passwords, files and tokens are never kept.
"use strict";

{
  const PREFIX = "wf-draft:";
  const SENT = "wf-draft-sent";
  const keyOf = (form) => `${PREFIX}${document.body.dataset.user || ""}:${form.dataset.wfDraft}`;
  const kept = (field) => field.name && field.name !== "csrf_token" && !["password", "file", "submit", "button", "hidden"].includes(field.type);

  const contentOf = (form) => [...form.elements].filter(kept).map((field) => {
    if (field.type === "checkbox" || field.type === "radio") return [field.name, field.value, field.checked];
    if (field.multiple && field.options) return [field.name, [...field.selectedOptions].map((option) => option.value)];
    return [field.name, field.value];
  });

  const restore = (form, content) => {
    for (const [name, value, checked] of content) {
      for (const field of [...form.elements].filter((element) => element.name === name && kept(element))) {
        if (checked !== undefined) {
          if (field.value === value) field.checked = checked;
        } else if (Array.isArray(value)) {
          for (const option of field.options) option.selected = value.includes(option.value);
        } else {
          field.value = value;
        }
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  };

  const store = (form) => {
    try {
      sessionStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), content: contentOf(form) }));
    } catch {
      // storage is full or switched off: the form itself still works
    }
  };

  const offer = (form) => {
    const notice = form.querySelector("[data-wf-draft-notice]");
    const draft = JSON.parse(sessionStorage.getItem(keyOf(form)) || "null");
    if (!notice || !draft || JSON.stringify(draft.content) === JSON.stringify(contentOf(form))) return;
    notice.querySelector("time").textContent = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    notice.hidden = false;
    notice.addEventListener("click", (event) => {
      if (event.target.closest("[data-wf-draft-take]")) restore(form, draft.content);
      else if (event.target.closest("[data-wf-draft-drop]")) sessionStorage.removeItem(keyOf(form));
      else return;
      notice.hidden = true;
      form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
    });
  };

  const sent = sessionStorage.getItem(SENT);
  const forms = [...document.querySelectorAll("form[data-wf-draft]")];
  // A form that comes back was refused; one that does not has been taken.
  if (sent && !forms.some((form) => keyOf(form) === sent)) sessionStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);

  for (const form of forms) {
    let timer;
    offer(form);
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => store(form), 400);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      store(form);
      sessionStorage.setItem(SENT, keyOf(form));
    });
    addEventListener("pagehide", () => clearTimeout(timer));
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-wf-sign-out]")) return;
    Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => sessionStorage.removeItem(key));
  });
}
