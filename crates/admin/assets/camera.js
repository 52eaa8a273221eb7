// The live camera. Codes are read by the browser if it can read QR codes; if it can't, or fails at
// it, small grey frames are sent to be read, and the page says so.

/// How long the camera stays on, how often a frame is sent, and how wide it is.
const LASTS = 30_000;
const EVERY = 500;
const WIDTH = 640;

/// Browsers hand the camera out only over HTTPS, or on the same machine.
export function canScan() {
  return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
}

/// Scans until a code is found, somebody stops it, or the time is over.
export async function scan(section, sendFrame, found) {
  if (!section.hidden) return;
  const video = section.querySelector("video");
  const status = section.querySelector("p");
  const button = section.querySelector("button");
  section.hidden = false;
  status.textContent = "";
  let stream = null;
  let isOver = false;
  const stop = () => {
    isOver = true;
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    section.hidden = true;
  };
  button.onclick = stop;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (isOver) return stop();
    video.srcObject = stream;
    await video.play();
  } catch {
    stop();
    found({ error: section.dataset.none });
    return;
  }
  button.focus();
  const read = await reader(section, status, sendFrame);
  const end = performance.now() + LASTS;
  while (!isOver && performance.now() < end) {
    const begun = performance.now();
    const answer = await read(video);
    if (isOver) return;
    if (answer) {
      stop();
      found(answer);
      return;
    }
    await pause(Math.max(0, EVERY - (performance.now() - begun)));
  }
  if (!isOver) {
    stop();
    found({ error: section.dataset.over });
  }
}

/// How frames are read: here, or else by the server. What is read here is asked about once there,
/// so that both are explained in the same words.
async function reader(section, status, sendFrame) {
  let detector = await localDetector();
  const tell = () => {
    status.textContent = detector ? section.dataset.local : section.dataset.sent;
  };
  tell();
  return async (video) => {
    if (detector) {
      try {
        const codes = await detector.detect(video);
        const texts = codes.map((code) => code.rawValue).filter(Boolean);
        return texts.length > 0 ? { text: texts.join("\n"), notes: [] } : null;
      } catch {
        detector = null;
        tell();
      }
    }
    const frame = await grey(video);
    const answer = frame && (await sendFrame(frame));
    if (!answer) return null;
    // No code in this frame: the next one may have one. Anything else will not get better.
    const isFinal = answer.status === 200 || answer.status === 403 || answer.status === 429;
    return isFinal ? answer : null;
  };
}

async function localDetector() {
  try {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (!formats.includes("qr_code")) return null;
    return new window.BarcodeDetector({ formats: ["qr_code"] });
  } catch {
    return null;
  }
}

/// A small grey picture of what the camera sees.
function grey(video) {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, WIDTH / video.videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const light = (data[at] * 77 + data[at + 1] * 150 + data[at + 2] * 29) >> 8;
    data[at] = data[at + 1] = data[at + 2] = light;
  }
  context.putImageData(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
