// Opens the page: reads the runs, builds the replay, or says why it cannot.
async function start() {
  const blocks = [...document.querySelectorAll("script[type='text/plain']")];
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack the page's data (DecompressionStream); use one from 2023 or later");
  const days = [];
  for (const block of blocks) {
    days.push(await readDay(block.textContent));
    block.remove();
  }
  const replay = new Replay(days);
  at("loading").hidden = true;
  at("simple").hidden = !replay.views.some((view) => view.isSimple);
  for (const control of document.querySelectorAll("[disabled]")) control.disabled = false;
  window.galleriaReplay = {
    replay,
    where: (index, visit, tick) => {
      replay.views[index].crowd.seek(tick);
      const place = replay.views[index].crowd.place(visit);
      return place && [place.x, place.y, place.level, place.doing, place.unit];
    },
    row: (index, number) => rowOf(days[index], Number(BigInt(number) >> 32n), Number(BigInt(number) & 0xffffffffn)),
  };
  document.documentElement.dataset.ready = "yes";
}

start().catch((trouble) => {
  at("loading").hidden = true;
  at("trouble").hidden = false;
  at("trouble").textContent = `The replay cannot be shown: ${trouble.message}.`;
});
