// Every word of the page in the language chosen; names, meanings and problems come from the server as they are.

import { ENGLISH } from "./words_en.js";
import { CHINESE } from "./words_zh.js";

const CATALOGUES = { en: ENGLISH, zh: CHINESE };
const KEPT = "galleria-language";
let language = localStorage.getItem(KEPT) ?? (navigator.language.startsWith("zh") ? "zh" : "en");
if (!(language in CATALOGUES)) language = "en";

/** Return the words of a key, with {names} filled in; plural forms are `key_one` where the catalogue has it and `count` is 1. */
export function words(key, given = {}) {
  const catalogue = CATALOGUES[language];
  const text = (given.count === 1 ? catalogue[`${key}_one`] : undefined) ?? catalogue[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof given[name] === "number" ? whole(given[name]) : String(given[name])));
}

/** Return the words of a key, or what stands in their place where the catalogue has none. */
export const wordsOr = (key, instead) => CATALOGUES[language][key] ?? instead;

export const currentLanguage = () => language;

export function setLanguage(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export const locale = () => (language === "zh" ? "zh-CN" : "en-GB");
export const whole = (value) => Math.round(value).toLocaleString(locale());

/** Return a number with at most three digits that say something, or all digits of a large one. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toLocaleString(locale(), { maximumFractionDigits: Math.min(digits, 8) });
}

/** Return a KPI's value with its unit as people read it: fen as yuan, shares as per cent, long times in minutes. */
export function amount(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "fen") return words("yuan", { value: Math.abs(value) >= 1e8 ? short(value / 100) : number(value / 100) });
  if (unit === "share") return percent(value);
  if (unit === "s" && Math.abs(value) >= 120) return words("minutes", { value: number(value / 60) });
  const name = wordsOr(`unit_${unit}`, unit.replaceAll("_", " "));
  return name ? `${number(value)} ${name}` : number(value);
}

const short = (value) => value.toLocaleString(locale(), { notation: "compact", maximumSignificantDigits: 3 });

/** Return a share in per cent, with two digits after the point at most. */
export const percent = (share) => `${(100 * share).toLocaleString(locale(), { maximumFractionDigits: Math.abs(share) >= 0.1 ? 0 : Math.abs(share) >= 0.01 ? 1 : 2 })} %`;

export const signed = (text, value) => (value > 0 ? `+${text}` : text.replace("-", "−"));

/** Return how long something takes, roughly: "about 3 minutes". */
export function duration(seconds) {
  if (seconds < 50) return words("about_seconds", { count: Math.max(5, Math.round(seconds / 5) * 5) });
  if (seconds < 5400) return words("about_minutes", { count: Math.max(1, Math.round(seconds / 60)) });
  return words("about_hours", { value: number(seconds / 3600) });
}

/** Return the time of day of microseconds since midnight. */
export function clock(time_us) {
  const minutes = Math.floor(time_us / 60e6);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
