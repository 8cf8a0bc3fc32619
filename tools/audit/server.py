"""Serve the built site as a good host would: compressed, with types, kept by the browser."""

import gzip
import threading
from contextlib import contextmanager
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import brotli

# The levels at which hosts compress while they serve; packing ahead would gain a little more.
COMPRESS = {
    "br": lambda data: brotli.compress(data, quality=5),
    "gzip": lambda data: gzip.compress(data, compresslevel=6, mtime=0),
}
# Named here, so that no setting of this machine can change them.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".whl": "application/zip",
    ".zip": "application/zip",
}
PACKED = {".png", ".jpg", ".webp", ".woff2", ".pdf", ".epub", ".whl", ".zip"}  # compressed already
YEAR = 365 * 24 * 3600


@cache
def packed(path, changed, encoding):
    """Return a file's bytes as sent; `changed` makes a rebuilt file a new one."""
    return COMPRESS.get(encoding, bytes)(path.read_bytes())


@contextmanager
def serve(folder, encodings=("br", "gzip")):
    """Serve a folder on a free port of this machine while the block runs; give its address.

    `encodings` are the compressions offered, the preferred one first.
    """

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open, as with any real host
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave together

        def do_GET(self):
            address = urlsplit(self.path)
            path = Path(self.translate_path(address.path))
            if path.is_dir():
                path /= "index.html"
            found = path.is_file()
            if not found:
                path = Path(folder, "404.html")
            if not path.is_file():
                self.send_error(404)
                return
            asked = self.headers.get("Accept-Encoding", "")
            encoding = next((e for e in encodings if e in asked), "")
            if path.suffix in PACKED:
                encoding = ""
            body = packed(path, path.stat().st_mtime_ns, encoding)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
                self.send_header("Vary", "Accept-Encoding")
            # What carries a version or is part of the design is kept; pages are asked for again.
            keeps = found and path.suffix != ".html" and "/_" in address.path
            self.send_header(
                "Cache-Control", f"public, max-age={YEAR}, immutable" if keeps else "no-cache"
            )
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)
            self.wfile.flush()

        do_HEAD = do_GET

        def log_message(self, *_):
            pass  # the browser's own records say more

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

        def handle_error(self, *_):
            pass  # a browser that leaves a page hangs up; a wrong answer is seen in the browser

    with Server(("127.0.0.1", 0), lambda *a: Handler(*a, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
