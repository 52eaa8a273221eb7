// Pictures: a chosen file is sent at once, with its progress; the camera is in a file of its own.

import { canScan, scan } from "./camera.js";

export function reading(form) {
  const progress = document.getElementById("progress");
  const token = form.elements.token.value;
  const language = new URL(form.action).search;

  const tell = (text, amount) => {
    progress.hidden = !text;
    progress.querySelector("span").textContent = text;
    const bar = progress.querySelector("progress");
    bar.hidden = amount === undefined;
    if (amount !== undefined) bar.value = amount;
  };
  const show = (answer) => {
    tell(answer.error || answer.notes.join("\n"));
    if (answer.error || !answer.text) return;
    const box = form.elements.text;
    box.value = answer.text;
    box.dispatchEvent(new Event("input"));
    box.focus();
  };

  for (const input of document.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      const sent = (share) => {
        const isSent = share >= 1;
        const text = isSent ? progress.dataset.reading : progress.dataset.sending;
        tell(text, isSent ? undefined : share * 100);
      };
      show(await send(file, `/decode${language}`, token, sent, progress.dataset.network));
      input.value = "";
    });
  }

  const pick = document.getElementById("pick-scan");
  const button = pick.querySelector("input");
  button.addEventListener("click", (event) => {
    if (!canScan()) return;
    event.preventDefault();
    const frame = (blob) => send(blob, `/decode${language}&frame`, token, () => {}, progress.dataset.network);
    scan(document.getElementById("camera"), frame, show);
  });
}

/// Sends a picture, and says how far it got.
function send(file, path, token, sent, failed) {
  const body = new FormData();
  body.append("token", token);
  body.append("file", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) sent(event.loaded / event.total);
    };
    request.upload.onload = () => sent(1);
    request.onload = () => resolve({ status: request.status, ...(request.response || { error: failed }) });
    request.onerror = () => resolve({ status: 0, error: failed });
    request.send(body);
  });
}
