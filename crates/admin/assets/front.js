// What makes the front page quicker. Everything works without it.

import { copying } from "./copy.js";
import { choosing } from "./choice.js";
import { remember, showRecent } from "./recent.js";
import { reading } from "./reading.js";

const main = document.getElementById("main");

/// Makes whatever is on the page now alive.
function wake() {
  copying(main);
  remember(main);
  const form = document.getElementById("create");
  if (form) {
    choosing(form);
    growing(form.elements.text);
    reading(form);
    showRecent(document.getElementById("recent"));
  }
  for (const form of main.querySelectorAll("form[method=post]:not([data-leave]):not(#decode)")) {
    form.addEventListener("submit", send);
  }
}

/// The box grows with its text, where style alone can't do it.
function growing(box) {
  if (CSS.supports("field-sizing", "content")) return;
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  box.addEventListener("input", grow);
  grow();
}

/// Sends a form and puts the answer in place of what is there, without loading the page.
async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = event.submitter || form.querySelector("button");
  if (button.getAttribute("aria-busy")) return;
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.set(button.name, button.value);
  const label = button.textContent;
  button.setAttribute("aria-busy", "true");
  if (button.dataset.working) button.textContent = button.dataset.working;
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("main");
    if (!next) throw new Error("no page");
    main.replaceChildren(...next.childNodes);
    document.title = page.title;
    wake();
    const place = main.querySelector("#errors, #done") || main;
    place.focus();
    window.scrollTo(0, 0);
  } catch {
    button.removeAttribute("aria-busy");
    button.textContent = label;
    // The browser says what is wrong with the network, or the answer comes after all.
    form.submit();
  }
}

wake();
