// A file dropped anywhere on the page goes into the form that waits for it: <form data-wf-drop=".eml,.msg">. Without this
// script the form's own button does the same. Only files of the named endings are taken, one at a time.
"use strict";

{
  const form = document.querySelector("form[data-wf-drop]");
  const field = form?.querySelector("input[type=file]");
  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  let leaving = 0;

  const mark = (on) => form.classList.toggle("wf-dropping", on);

  if (field) {
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      clearTimeout(leaving);
      mark(true);
    });
    document.addEventListener("dragleave", () => {
      clearTimeout(leaving);
      leaving = setTimeout(() => mark(false), 100);
    });
    document.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      mark(false);
      if (!event.dataTransfer.files.length) return;
      const several = event.dataTransfer.files.length > 1;
      field.multiple = several; // the server says that one after the other is asked for
      field.files = event.dataTransfer.files;
      form.requestSubmit();
    });
    field.addEventListener("change", () => field.files.length && form.requestSubmit());
  }
}
