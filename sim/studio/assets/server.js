// Talks to the server that `galleria studio` started: JSON with the token of the address, and streams of JSON lines.

import { words } from "./words.js";

const KEPT = "galleria-token";
export const KEPT_JOB = "galleria-job"; // the last one that this tab has followed

/** What the server answers where something cannot be: `problems`, each with place, value, rule and way out. */
export class Refusal extends Error {
  constructor(problems, status) {
    super(problems.map((each) => [each.place, each.rule].filter(Boolean).join(": ")).join("; "));
    this.problems = problems;
    this.status = status;
  }
}

/** Take the token out of the address, so that it is in no history or screenshot; the tab remembers it. */
export function takeToken() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (given && given !== "map") {
    if (given !== sessionStorage.getItem(KEPT)) sessionStorage.removeItem(KEPT_JOB); // another session counts its jobs from one
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEPT) !== null;
}

async function ask(path, body, signal) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(KEPT) ?? ""}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refusal([{ place: "", value: "", rule: words("unreachable"), way_out: "" }], 0);
  }
  if (answer.ok) return answer;
  if (answer.status === 401) throw new Refusal([{ place: "", value: "", rule: words("other_session"), way_out: "" }], 401);
  const said = await answer.json().catch(() => ({}));
  throw new Refusal(said.problems ?? [{ place: path, value: String(answer.status), rule: "refused", way_out: "" }], answer.status);
}

export const get = async (path) => (await ask(path)).json();
export const post = async (path, body, signal) => (await ask(path, body ?? {}, signal)).json();

/** Call `onLine` with each object of a stream of JSON lines, until it ends. */
export async function follow(path, onLine, signal) {
  const reader = (await ask(path, undefined, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.trim()) onLine(JSON.parse(line));
  }
  if (rest.trim()) onLine(JSON.parse(rest));
}
