// A long list is sent in parts, so that a bar shows how far it is; what is made stays made, even if
// the line breaks in the middle. Without scripts the same form sends all of it at once.

/// Lines of one part, and the most lines that are sent at all; more than that the server refuses.
const PART = 10;
const MOST = 100;

/// The lines of a list that is worth parts; else nothing. The server judges single lines.
export function longList(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const isList = lines.every((line) => !/\s/.test(line)) && lines.some((line) => /^https?:\/\//i.test(line));
  return isList && lines.length > 2 * PART && lines.length <= MOST ? lines : null;
}

/// Sends the parts one after the other; `ask` sends a form and returns the page that answers it.
/// Returns what is to be shown: the table of all parts, or the form with what was left over and,
/// under it, what was made.
export async function makeInParts(lines, body, ask, tell) {
  const parts = [];
  for (let at = 0; at < lines.length; at += PART) {
    tell(at, lines.length);
    body.set("text", lines.slice(at, at + PART).join("\n"));
    body.set("part", "1");
    const page = await ask(body).catch(() => null);
    const main = page?.getElementById("main");
    if (!main?.querySelector("tbody")) return stopped(parts, main, lines.slice(at));
    parts.push(main);
    tell(Math.min(at + PART, lines.length), lines.length);
  }
  return joined(parts);
}

/// All tables as one.
function joined([first, ...others]) {
  for (const other of others) {
    first.querySelector("tbody").append(...other.querySelectorAll("tbody tr"));
    append(first, other, "textarea[name=rows]");
    append(first, other, "#all");
    // The first part may have had no good line, and then no list of links.
    if (!first.querySelector("#all")) first.querySelector(".wide").after(...other.querySelectorAll(".all"));
    count(first, other);
  }
  return first;
}

function append(first, other, selector) {
  const [to, from] = [first, other].map((main) => main.querySelector(selector));
  if (to && from) to.textContent += from.textContent;
}

function count(first, other) {
  const [to, from] = [first, other].map((main) => main.querySelector("#count").dataset);
  for (const key of ["good", "bad"]) to[key] = Number(to[key]) + Number(from[key]);
  const numbers = [to.good, to.bad];
  first.querySelector("#count").textContent = to.text.replaceAll("{}", () => numbers.shift());
}

/// The form again, with the rest and what is wrong; the form that is there, if none came.
function stopped(parts, main, rest) {
  const form = main?.querySelector("#text") ? main : document.getElementById("main").cloneNode(true);
  form.querySelector("#text").value = rest.join("\n");
  if (form !== main) complain(form);
  if (parts.length > 0) form.append(...joined(parts).querySelectorAll("#count, .wide, .all, form[data-leave]"));
  return form;
}

/// Says that the network failed, as the server would say it.
function complain(main) {
  const notice = document.createElement("div");
  notice.className = "notice bad";
  notice.id = "errors";
  notice.tabIndex = -1;
  notice.setAttribute("role", "alert");
  notice.textContent = main.querySelector("#progress").dataset.network;
  main.querySelector("#errors")?.remove();
  main.querySelector("#create").before(notice);
  main.querySelector("#progress").hidden = true;
  const button = main.querySelector("button.main");
  button.removeAttribute("aria-busy");
  button.textContent = button.dataset.label;
}
