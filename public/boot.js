// Starts Annals: loads the program, says so in the page when that fails, and keeps a copy for going offline.

const address = (id) => document.getElementById(id).href;

async function start() {
  if (typeof WebAssembly !== "object") throw new MissingWebAssembly();
  const glue = await import(address("program-glue"));
  await glue.default({ module_or_path: address("program") });
}

class MissingWebAssembly extends Error {
  message = "WebAssembly is not available";
}

function advice(error) {
  if (error instanceof MissingWebAssembly) {
    return "This browser cannot run WebAssembly, or it is switched off. Open Annals in a current Chrome, Edge, Firefox or Safari.";
  }
  if (error instanceof WebAssembly.RuntimeError) {
    return "The program stopped while it was starting. Reload the page; what was saved is still in this browser.";
  }
  return "A part of the program could not be loaded. Check the connection and reload the page; what was saved is still in this browser.";
}

function confess(error) {
  console.error("Annals could not start:", error);
  const line = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const notice = document.createElement("div");
  notice.id = "boot-failure";
  notice.setAttribute("role", "alert");
  notice.style.cssText = "max-width: 40rem; margin: 3rem auto; padding: 0 1rem;";
  notice.append(line("h1", "Annals could not start"), line("p", advice(error)), line("code", String(error)));
  document.body.prepend(notice);
}

// Only release builds name a service worker. Without it the page still works, but needs its server.
function keepForOffline() {
  const worker = document.querySelector('meta[name="offline-worker"]')?.content;
  if (worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(worker).catch((error) => console.info("No copy for offline use:", error));
  }
}

start().then(keepForOffline, confess);
