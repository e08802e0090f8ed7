// Development only: reloads the page after a rebuild and shows why a build failed. `cargo xtask finish-page` adds it.

const RETRY_MS = 1000;
const channel = new URL("/.well-known/trunk/ws", location.href.replace(/^http/, "ws"));

function show(reason) {
  const id = "build-failure";
  const notice = document.getElementById(id) ?? document.body.appendChild(document.createElement("pre"));
  notice.id = id;
  notice.setAttribute("role", "alert");
  notice.style.cssText =
    "position: fixed; inset: 0; z-index: 9999; margin: 0; padding: 2rem; overflow: auto; white-space: pre-wrap; background: Canvas; color: CanvasText;";
  notice.textContent = `The build failed.\n\n${reason}`;
}

// A server that comes back has built the page anew.
function listen(isReturning) {
  const socket = new WebSocket(channel);
  socket.onopen = () => isReturning && location.reload();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "reload") location.reload();
    if (message.type === "buildFailure") show(message.data.reason);
  };
  socket.onclose = () => setTimeout(listen, RETRY_MS, true);
}

// A release build served from this address earlier may have left its worker behind.
navigator.serviceWorker?.getRegistrations().then((found) => found.forEach((worker) => worker.unregister()));

listen(false);
