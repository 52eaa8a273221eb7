// What makes the front page quicker. Everything works without it.

import { longList, makeInParts } from "./batch.js";
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
  for (const choice of main.querySelectorAll(".choice")) choosing(choice);
  if (form) {
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
  const lines = form.id === "create" && longList(form.elements.text.value);
  button.dataset.label = button.textContent;
  button.setAttribute("aria-busy", "true");
  if (button.dataset.working) button.textContent = button.dataset.working;
  const ask = (body) => answer(form.action, body);
  try {
    const page = lines ? null : await ask(body);
    const next = lines ? await makeInParts(lines, body, ask, making()) : page.getElementById("main");
    if (!next) throw new Error("no page");
    main.replaceChildren(...next.childNodes);
    document.title = page ? page.title : titled();
    wake();
    const place = main.querySelector("#errors, #done") || main;
    place.focus();
    window.scrollTo(0, 0);
  } catch {
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.label;
    // The browser says what is wrong with the network, or the answer comes after all: nothing is
    // made twice.
    if (button.name) form.append(hidden(button.name, button.value));
    form.submit();
  }
}

async function answer(action, body) {
  const answer = await fetch(action, { method: "POST", body, credentials: "same-origin" });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/// The bar of a long list.
function making() {
  const progress = document.getElementById("progress");
  const bar = progress.querySelector("progress");
  return (made, all) => {
    const numbers = [made, all];
    progress.querySelector("span").textContent = progress.dataset.making.replaceAll("{}", () => numbers.shift());
    progress.hidden = bar.hidden = false;
    bar.value = (100 * made) / all;
  };
}

/// The title of a page that was put together here.
function titled() {
  const site = document.title.split(" · ").pop();
  return `${main.querySelector("h1").textContent} · ${site}`;
}

function hidden(name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  return field;
}

wake();
