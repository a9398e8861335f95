"use strict";
/* Passkeys: asks the browser for one and sends its answer with the form. Pages work without it: the app's code does. */
(function () {
  var form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  var options = JSON.parse(form.dataset.options);
  var toBytes = function (text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (c) { return c.charCodeAt(0); });
  };
  var toText = function (buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  var unpack = function (list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: toBytes(one.id) }); });
  };
  var ask = function () {
    var key = Object.assign({}, options.publicKey);
    key.challenge = toBytes(key.challenge);
    if (form.dataset.passkey === "make") {
      key.user = Object.assign({}, key.user, { id: toBytes(key.user.id) });
      key.excludeCredentials = unpack(key.excludeCredentials);
      return navigator.credentials.create({ publicKey: key });
    }
    key.allowCredentials = unpack(key.allowCredentials);
    return navigator.credentials.get({ publicKey: key });
  };
  var pack = function (found) {
    var said = found.response, answer = { clientDataJSON: toText(said.clientDataJSON) };
    if (said.attestationObject) answer.attestationObject = toText(said.attestationObject);
    if (said.authenticatorData) answer.authenticatorData = toText(said.authenticatorData);
    if (said.signature) answer.signature = toText(said.signature);
    if (said.userHandle) answer.userHandle = toText(said.userHandle);
    return { id: found.id, rawId: toText(found.rawId), type: found.type, response: answer,
      clientExtensionResults: found.getClientExtensionResults() };
  };
  form.hidden = false;
  form.addEventListener("submit", function (event) {
    if (form.elements.credential.value) return;
    event.preventDefault();
    ask().then(function (found) {
      form.elements.credential.value = JSON.stringify(pack(found));
      form.submit();
    }).catch(function () {
      form.querySelector("[data-failed]").hidden = false;
    });
  });
})();
