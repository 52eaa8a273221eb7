// Presets tick the boxes that they stand for; a box that is ticked by hand is a choice of one's own.

export function choosing(choice) {
  const presets = [...choice.querySelectorAll("input[name=for]")];
  const boxes = [...choice.querySelectorAll(".boxes input[type=checkbox]")];
  const summary = choice.querySelector("summary b");

  const show = () => {
    const preset = presets.find((preset) => preset.checked);
    if (!preset) return;
    // The boxes of a choice of one's own are as the page has them.
    if (preset.value !== "own") {
      for (const box of boxes) {
        const ticked = preset.dataset[box.name].split(" ");
        box.checked = ticked.includes(box.value);
      }
    }
    summary.textContent = preset.closest("label").querySelector("b").textContent;
  };
  for (const preset of presets) preset.addEventListener("change", show);
  for (const box of boxes) {
    box.addEventListener("change", () => {
      const own = presets.find((preset) => preset.value === "own");
      if (own.checked) return;
      // Downloads may be guided or not; other boxes would contradict them.
      own.checked = true;
      summary.textContent = own.closest("label").querySelector("b").textContent;
    });
  }
  show();
}
