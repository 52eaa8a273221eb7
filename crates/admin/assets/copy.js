// Copies within the tap, without the Clipboard API, which in-app browsers lack; says that it was
// copied only if the browser says so, and leaves the text selected if not.

export function copying(root) {
  for (const button of root.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = document.getElementById(button.dataset.copies);
      const said = button.closest("section, li, details").querySelector(".said");
      said.textContent = copy(text) ? button.dataset.yes : button.dataset.no;
    });
  }
}

export function copy(element) {
  const range = document.createRange();
  const selection = window.getSelection();
  range.selectNodeContents(element);
  selection.removeAllRanges();
  selection.addRange(range);
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  }
}
