/* Casting a ballot: makes a credential, has it signed unseen (RFC 9474), then sends the ballot without any cookie.

   What is needed to go on after a broken line stays in this browser until the ballot is in, and is then taken away. */
import { BlindRSA, PrepareType } from "../blindrsa/blindrsa.js";

const RSABSSA = { name: "RSABSSA-SHA384-PSS-Randomized", hash: "SHA-384", saltLength: 48, prepareType: PrepareType.Randomized };
const form = document.getElementById("ballot");
const say = form.dataset, base = "/polls/" + say.poll + "/", limits = JSON.parse(say.limits);
const place = "ballot:" + say.poll;
const lines = Array.from(form.querySelectorAll("[data-line]"));

class Refused extends Error {}

const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const pack = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const unpack = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const filled = (text, values) => Object.entries(values).reduce((all, [name, value]) => all.replace("#" + name, value), text);
const yuan = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
const fenOf = (text) => Math.round(Number(text) * 100);

/* What is chosen: projects, points; `wrong`: what stands in the way, in words. */
function chosen() {
  if (say.kind === "tick") {
    const ticked = lines.filter((line) => line.querySelector("input").checked);
    return { projects: ticked.map((line) => line.dataset.id), points: [], lines: ticked };
  }
  const typed = lines.map((line) => [line, line.querySelector("input").value.trim()]).filter(([, text]) => text && text !== "0");
  const whole = typed.every(([, text]) => /^[1-9][0-9]{0,6}$/.test(text));
  const numbers = typed.map(([line, text]) => [line, Number(text)]);
  if (say.kind === "points") {
    return { projects: numbers.map(([line]) => line.dataset.id), points: numbers.map(([, value]) => value),
      lines: numbers.map(([line]) => line), wrong: whole ? "" : say.sayWhole };
  }
  numbers.sort((a, b) => a[1] - b[1]);
  const inTurn = whole && numbers.every(([, value], place_) => value === place_ + 1);
  return { projects: numbers.map(([line]) => line.dataset.id), points: [], lines: numbers.map(([line]) => line),
    wrong: inTurn ? "" : say.sayRanks };
}

function judge(now) {
  const cost = now.lines.reduce((sum, line) => sum + fenOf(line.dataset.cost), 0);
  const given = now.points.reduce((sum, one) => sum + one, 0);
  const n = now.projects.length;
  let words = filled(say.sayChosen, { n: n, cost: yuan(cost) });
  let wrong = now.wrong || "";
  if (limits.max_sum_points) words += filled(say.sayLeft, { left: limits.max_sum_points - given });
  if (!wrong && limits.max_length && n > Number(limits.max_length)) wrong = filled(say.sayTooMany, { limit: limits.max_length });
  if (!wrong && limits.min_length && n < Number(limits.min_length)) wrong = filled(say.sayTooFew, { limit: limits.min_length });
  if (!wrong && limits.max_sum_cost && cost > fenOf(limits.max_sum_cost)) wrong = filled(say.sayTooDear, { limit: yuan(fenOf(limits.max_sum_cost)) });
  if (!wrong && limits.max_sum_points && given > Number(limits.max_sum_points)) wrong = filled(say.sayTooMuch, { limit: limits.max_sum_points });
  return { words: words, wrong: wrong };
}

function showSum() {
  const found = judge(chosen()), sum = document.getElementById("sum");
  sum.textContent = found.words + (found.wrong ? " " + found.wrong : "");
  sum.classList.toggle("is-wrong", Boolean(found.wrong));
}

function showWrong(words) {
  const box = document.getElementById("wrong");
  document.getElementById("wrong-words").textContent = words;
  box.hidden = !words;
  if (words) box.focus();
}

/* All that is voted on, as the page shows its digest; so the key that signs is the published one. */
async function publishedKey() {
  const bytes = await (await fetch(base + "frozen.json", { credentials: "omit" })).arrayBuffer();
  const digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  if (digest !== say.digest) throw new Refused(say.sayKey);
  const der = unhex(JSON.parse(new TextDecoder().decode(bytes)).public_key);
  return crypto.subtle.importKey("spki", der, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
}

async function post(path, body, anonymous) {
  const headers = { "Content-Type": "application/json" };
  if (!anonymous) headers["X-CSRFToken"] = say.csrf;
  const answer = await fetch(base + path, { method: "POST", headers: headers, body: JSON.stringify(body),
    credentials: anonymous ? "omit" : "same-origin", referrerPolicy: anonymous ? "no-referrer" : "same-origin", cache: "no-store" });
  if (answer.redirected) { location.reload(); throw new Refused(say.sayWait); }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.detail || say.sayLine);
  return said;
}

/* The credential: taken up again where this browser has begun one, else fresh. Kept before anybody is asked. */
async function credential(suite, key) {
  let kept = JSON.parse(localStorage.getItem(place) || "null");
  if (!kept) {
    const message = suite.prepare(crypto.getRandomValues(new Uint8Array(32)));
    const blinded = await suite.blind(key, message);
    kept = { message: hex(message), blinded: hex(blinded.blindedMsg), inverse: hex(blinded.inv) };
    localStorage.setItem(place, JSON.stringify(kept));
  }
  const home = (name) => { const box = form.elements[name]; return box && box.checked ? say.area : ""; };
  let signed;
  try {
    signed = await post("credential/", { blinded: pack(unhex(kept.blinded)), lives_in: home("lives"), registered_in: home("registered") });
  } catch (error) {
    if (error instanceof Refused && say.marked === "no") localStorage.removeItem(place);
    throw error;
  }
  say.marked = "yes";
  const message = unhex(kept.message);
  return { message: message, signature: await suite.finalize(key, message, unpack(signed.signature), unhex(kept.inverse)) };
}

async function cast() {
  const now = chosen(), suite = new BlindRSA(RSABSSA), key = await publishedKey();
  const proof = await credential(suite, key);
  const done = await post("ballots/", { message: pack(proof.message), signature: pack(proof.signature),
    projects: now.projects, points: now.points }, true);
  localStorage.removeItem(place);
  form.reset();
  ["ballot", "not-here", "turnout", "other-ways"].forEach((id) => { document.getElementById(id).hidden = true; });
  document.getElementById("receipt-number").textContent = done.receipt.match(/.{1,8}/g).join(" ");
  document.getElementById("check").search = "?receipt=" + done.receipt;
  const again = document.getElementById("again");
  again.textContent = say.sayAgain;
  again.hidden = done.is_first;
  const panel = document.getElementById("done");
  panel.hidden = false;
  panel.focus();
}

let blankSaid = false;
form.addEventListener("input", () => { blankSaid = false; showWrong(""); showSum(); });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const now = chosen(), wrong = judge(now).wrong, home = document.getElementById("home");
  if (home && !home.querySelector(":checked")) return showWrong(say.sayHome);
  if (wrong) return showWrong(wrong);
  if (!now.projects.length && !blankSaid) { blankSaid = true; return showWrong(say.sayEmpty); }
  showWrong("");
  const button = document.getElementById("cast"), sum = document.getElementById("sum");
  button.disabled = true;
  sum.textContent = say.sayWait;
  try {
    await cast();
  } catch (error) {
    showSum();
    showWrong(error instanceof Refused ? error.message : say.sayLine);
  } finally {
    button.disabled = false;
  }
});

document.getElementById("no-script").hidden = true;
if (window.crypto && crypto.subtle) {
  form.hidden = false;
  showSum();
} else {
  form.hidden = false;
  form.querySelectorAll("fieldset, button, #sum").forEach((part) => { part.hidden = true; });
  showWrong(say.sayOld);
}
