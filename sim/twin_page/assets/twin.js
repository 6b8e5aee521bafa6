// Keeps the page as the twin is: asks for its parts, and replaces those that have changed, but none that somebody is in.

const KEPT = "galleria-twin-token";
const EVERY_MS = 2000;
const state = document.getElementById("state");
const hold = document.getElementById("hold");
let have = 0;
let said = ""; // the twin's last word

/** Take the token out of the address, so that it is in no history or screenshot; the tab remembers it. */
function takeToken() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (given.length > 20) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEPT) ?? "";
}

function say(text, isLost = false) {
  state.classList.toggle("lost", isLost);
  if (state.textContent !== text) state.textContent = text; // a reader speaks what has changed only
}

/** Put HTML that the server has made safe into a place; what was unfolded or scrolled stays so. */
function put(place, html) {
  if (place.innerHTML === html || place.dataset.html === html) return;
  const open = new Map([...place.querySelectorAll("details[id]")].map((part) => [part.id, part.open]));
  const scrolled = new Map([...place.querySelectorAll(".across")].map((part) => [part.getAttribute("aria-label"), [part.scrollTop, part.scrollLeft]]));
  place.innerHTML = html;
  place.dataset.html = html;
  for (const part of place.querySelectorAll("details[id]")) if (open.has(part.id)) part.open = open.get(part.id);
  for (const part of place.querySelectorAll(".across")) [part.scrollTop, part.scrollLeft] = scrolled.get(part.getAttribute("aria-label")) ?? [0, 0];
}

function show(parts) {
  put(document.getElementById("masthead"), parts.masthead);
  let isKept = false;
  for (const [anchor, html] of Object.entries(parts.sections)) {
    const section = document.getElementById(anchor);
    if (section.contains(document.activeElement)) { isKept = true; continue; } // somebody is in it with the keyboard
    section.hidden = !html;
    put(section.querySelector("div"), html);
  }
  if (!isKept) have = parts.version;
  document.title = `${parts.spoken} · live twin`;
  said = parts.is_over ? `${parts.spoken} The twin has ended.` : parts.spoken;
  say(said);
}

async function look() {
  if (hold.getAttribute("aria-pressed") === "true") return;
  try {
    const answer = await fetch(`/parts.json?have=${have}`, { headers: { Authorization: `Bearer ${sessionStorage.getItem(KEPT) ?? ""}` } });
    if (answer.status === 200) show(await answer.json());
    else if (answer.status === 204) say(said);
    else say("This address has no token of the twin that runs here: open the one that `galleria twin` printed.", true);
  } catch {
    say("The twin has ended, or cannot be reached; what stands here is its last word.", true);
  }
}

hold.addEventListener("click", () => {
  const isHeld = hold.getAttribute("aria-pressed") !== "true";
  hold.setAttribute("aria-pressed", String(isHeld));
  hold.textContent = isHeld ? "Go on" : "Hold this view";
  if (!isHeld) look();
});
takeToken();
await look();
setInterval(look, EVERY_MS);
