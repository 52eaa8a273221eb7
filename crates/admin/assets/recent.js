// The last links of this browser, kept in it and nowhere else.

const KEY = "suo.recent";
const MOST = 10;

function kept() {
  try {
    const links = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(links) ? links : [];
  } catch {
    return [];
  }
}

function keep(links) {
  try {
    localStorage.setItem(KEY, JSON.stringify(links.slice(0, MOST)));
  } catch {
    // Private windows and some apps keep nothing.
  }
}

/// Keeps the links that the page says were just made.
export function remember(root) {
  const made = [...root.querySelectorAll("[data-made]")].map(({ dataset }) => ({
    short: dataset.short,
    target: dataset.target,
    manage: dataset.manage,
  }));
  if (made.length === 0) return;
  const isOld = (link) => !made.some((other) => other.short === link.short);
  keep([...made, ...kept().filter(isOld)]);
}

export function showRecent(section) {
  const links = kept().filter((link) => isWeb(link.short));
  section.hidden = links.length === 0;
  const list = section.querySelector("ul");
  list.replaceChildren(...links.map((link) => item(link, section.dataset)));
  section.querySelector("button").onclick = () => {
    keep([]);
    section.hidden = true;
  };
}

function item(link, words) {
  const short = anchor(link.short, link.short.replace(/^https?:\/\//, ""));
  short.className = "url";
  short.rel = "noreferrer";
  const target = document.createElement("span");
  target.className = "small url";
  target.textContent = link.target;
  const row = document.createElement("li");
  row.append(short, target);
  if (/^\/manage\/[\w.]+$/.test(link.manage)) row.append(anchor(link.manage, words.manage));
  return row;
}

function anchor(href, text) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  return link;
}

/// What is kept may have been written by somebody else's script.
function isWeb(url) {
  return /^https?:\/\//.test(url);
}
