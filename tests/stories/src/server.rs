//! A web server for one folder, on a port of its own, that a story can stop and start again.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};

use crate::dist;

const ISOLATION: &str = "cross-origin-opener-policy: same-origin\r\ncross-origin-embedder-policy: require-corp\r\n";

const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// A web server for one folder. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    headers: &'static str,
    address: SocketAddr,
    listening: Option<Listening>,
}

#[derive(Debug)]
struct Listening {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Serves the release page.
    ///
    /// # Errors
    ///
    /// When there is no release page, or no port is free.
    pub fn start() -> Result<Self> {
        Self::of(&dist()?)
    }

    /// Serves any folder.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn of(folder: &Path) -> Result<Self> {
        Self::with_headers(folder, "")
    }

    /// Serves any folder as one that shares its process with no other origin: its clock is finer then.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn isolated(folder: &Path) -> Result<Self> {
        Self::with_headers(folder, ISOLATION)
    }

    fn with_headers(folder: &Path, headers: &'static str) -> Result<Self> {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        let mut server = Self { folder: folder.to_path_buf(), headers, address, listening: None };
        server.start_again()?;
        Ok(server)
    }

    /// The address of the page, with a slash at its end.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Stops answering: from now on every connection is refused.
    ///
    /// # Errors
    ///
    /// When the server has crashed.
    pub fn stop(&mut self) -> Result<()> {
        let Some(listening) = self.listening.take() else { return Ok(()) };
        listening.is_over.store(true, Ordering::Release);
        // The thread notices at the next connection: make one.
        drop(TcpStream::connect(self.address));
        listening.thread.join().map_err(|panic| anyhow!("the web server of the story has crashed: {panic:?}"))
    }

    /// Answers again, at the same address.
    ///
    /// # Errors
    ///
    /// When the port has been taken meanwhile.
    pub fn start_again(&mut self) -> Result<()> {
        self.stop()?;
        let listener = TcpListener::bind(self.address).context("no port is free for the story's web server")?;
        self.address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let (folder, headers, signal) = (self.folder.clone(), self.headers, Arc::clone(&is_over));
        let thread = thread::spawn(move || accept(&listener, &folder, headers, &signal));
        self.listening = Some(Listening { is_over, thread });
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A crash was reported on the thread itself.
        self.stop().unwrap_or_default();
    }
}

fn accept(listener: &TcpListener, folder: &Path, headers: &'static str, is_over: &AtomicBool) {
    for connection in listener.incoming().flatten() {
        if is_over.load(Ordering::Acquire) {
            return;
        }
        let folder = folder.to_path_buf();
        // A browser that hangs up early is no failure of the story.
        thread::spawn(move || answer(connection, &folder, headers).unwrap_or_default());
    }
}

fn answer(mut connection: TcpStream, folder: &Path, headers: &str) -> Result<()> {
    connection.set_read_timeout(Some(READ_TIMEOUT))?;
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().context("no request came")??;
    for header in lines {
        if header?.is_empty() {
            break;
        }
    }
    let (status, kind, body) = match content(folder, &request) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", b"not here".to_vec()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\ncache-control: no-cache\r\n{headers}connection: close\r\n\r\n"
    );
    connection.write_all(&[head.as_bytes(), &body].concat())?;
    Ok(())
}

fn content(folder: &Path, request: &str) -> Option<(&'static str, Vec<u8>)> {
    let target = request.strip_prefix("GET /")?.split([' ', '?']).next()?;
    if target.split('/').any(|part| part == "..") {
        return None;
    }
    // What browsers ask for beside a document that names no icon, such as a script shown as a text.
    if target == "favicon.ico" {
        return Some(("image/x-icon", Vec::new()));
    }
    let file = folder.join(if target.is_empty() { "index.html" } else { target });
    Some((kind(&file), fs::read(&file).ok()?))
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
