"use strict";
/* Small helps on top of pages that work without them. */
(function () {
  var root = document.documentElement;
  var all = function (sel, base) { return Array.prototype.slice.call((base || document).querySelectorAll(sel)); };
  root.classList.add("js");

  function focusErrors() {
    var box = document.querySelector(".govuk-error-summary");
    if (!box) return;
    box.setAttribute("tabindex", "-1");
    box.focus();
    all("a[href^='#']", box).forEach(function (a) {
      a.addEventListener("click", function (event) {
        var field = document.getElementById(a.getAttribute("href").slice(1));
        if (!field) return;
        event.preventDefault();
        var group = field.closest(".govuk-form-group") || field;
        group.scrollIntoView();
        field.focus({ preventScroll: true });
      });
    });
  }

  function countCharacters() {
    all("textarea[data-count]").forEach(function (area) {
      var out = document.getElementById(area.id + "-count");
      var show = function () {
        out.textContent = area.dataset.count.replace("#", String(area.maxLength - area.value.length));
      };
      if (out) { area.addEventListener("input", show); show(); }
    });
  }

  function showWhen() {
    var parts = all("[data-show-when]");
    var update = function () {
      parts.forEach(function (part) {
        var rule = part.dataset.showWhen.split("=");
        var form = part.closest("form");
        if (!form) return;
        var field = form.elements[rule[0]];
        if (!field) return;
        part.hidden = (field.type === "checkbox" ? (field.checked ? "true" : "false") : field.value) !== rule[1];
      });
    };
    if (parts.length) { document.addEventListener("change", update); update(); }
  }

  /* Autosave: what was typed goes to the server within 3 s; when that fails it stays in this tab until it can. */
  function autosave(form) {
    var key = "draft:" + form.dataset.autosave;
    var out = document.getElementById(form.dataset.autosaveStatus || "saved");
    var timer = null, dirty = false, busy = false;
    var say = function (name) { if (out) out.textContent = form.dataset[name] || ""; };
    var fields = function () {
      return Array.prototype.filter.call(form.elements, function (f) {
        return f.name && f.type !== "file" && f.type !== "password" && f.type !== "submit" && f.name !== "csrfmiddlewaretoken" && !f.name.startsWith("_");
      });
    };
    var read = function () {
      return fields().filter(function (f) { return (f.type !== "radio" && f.type !== "checkbox") || f.checked; })
        .map(function (f) { return [f.name, f.value]; });
    };
    var keep = function () { try { sessionStorage.setItem(key, JSON.stringify(read())); } catch (_) { /* full or forbidden: the server copy remains */ } };
    var again = function (wait) { clearTimeout(timer); timer = setTimeout(send, wait); };
    function send() {
      if (!dirty || busy) return;
      var data = new FormData(form);
      all("input[type=file]", form).forEach(function (f) { data.delete(f.name); });
      busy = true; dirty = false;
      fetch(form.dataset.autosave, { method: "POST", body: data, keepalive: true, credentials: "same-origin", headers: { "X-Autosave": "1" } })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
          sessionStorage.removeItem(key); say("saved");
        })
        .catch(function () { dirty = true; keep(); say("unsaved"); again(5000); })
        .finally(function () { busy = false; if (dirty) again(3000); });
    }
    try {
      var old = JSON.parse(sessionStorage.getItem(key) || "null");
      if (old) {
        old.forEach(function (pair) {
          fields().forEach(function (f) {
            if (f.name !== pair[0]) return;
            if (f.type === "radio" || f.type === "checkbox") { if (f.value === pair[1]) f.checked = true; } else f.value = pair[1];
          });
        });
        dirty = true; again(500);
      }
    } catch (_) { sessionStorage.removeItem(key); }
    form.addEventListener("input", function () { dirty = true; keep(); clearTimeout(timer); again(2500); });
    form.addEventListener("submit", function () { clearTimeout(timer); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) send(); });
    window.addEventListener("online", send);
  }

  /* One press, one sending. */
  function sendOnce(event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) { event.preventDefault(); return; }
    form.dataset.sent = String(Date.now());
  }

  function rows() { return all("table[data-rows] tbody tr"); }
  function move(step) {
    var list = rows(), at = list.findIndex(function (r) { return r.getAttribute("aria-current") === "true"; });
    if (!list.length) return;
    var next = Math.max(0, Math.min(list.length - 1, at + step));
    list.forEach(function (r, i) { if (i === next) r.setAttribute("aria-current", "true"); else r.removeAttribute("aria-current"); });
    var link = list[next].querySelector("a");
    if (link) link.focus();
  }
  function tick() {
    var row = rows().find(function (r) { return r.getAttribute("aria-current") === "true"; });
    var box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  }
  /* Keys of the staff pages: j k x, ? for the list, and each element's own data-key. */
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
    var list = document.getElementById("keys");
    if (event.key === "?" && list && list.showModal) { list.showModal(); event.preventDefault(); return; }
    if (event.key === "j") return move(1);
    if (event.key === "k") return move(-1);
    if (event.key === "x") return tick();
    var target = all("[data-key]").find(function (e) { return e.dataset.key === event.key && !e.disabled; });
    if (!target) return;
    event.preventDefault();
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) target.focus(); else target.click();
  }

  /* Where this device is, only when asked: fills the form's hidden fields; without it people write the address. */
  function locate(box) {
    var form = box.closest("form"), button = box.querySelector("button"), out = box.querySelector("[role=status]");
    if (!navigator.geolocation || !form) return;
    box.hidden = false;
    button.addEventListener("click", function () {
      navigator.geolocation.getCurrentPosition(function (found) {
        form.elements.longitude.value = found.coords.longitude.toFixed(6);
        form.elements.latitude.value = found.coords.latitude.toFixed(6);
        out.textContent = box.dataset.found;
      }, function () { out.textContent = box.dataset.lost; }, { enableHighAccuracy: true, timeout: 10000 });
    });
  }

  function start() {
    focusErrors(); countCharacters(); showWhen();
    all("form[data-autosave]").forEach(autosave);
    all("[data-locate]").forEach(locate);
    all("[data-print]").forEach(function (b) { b.hidden = false; b.addEventListener("click", function () { window.print(); }); });
    all("input[data-all]").forEach(function (box) {
      box.addEventListener("change", function () { all("input[name='" + box.dataset.all + "']").forEach(function (b) { b.checked = box.checked; }); });
    });
    document.addEventListener("submit", sendOnce);
    if (root.dataset.keys === "on") document.addEventListener("keydown", onKey);
  }
  document.addEventListener("htmx:afterSwap", function () { focusErrors(); countCharacters(); showWhen(); });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
