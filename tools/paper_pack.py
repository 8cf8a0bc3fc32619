"""Pack a PDF: Chromium writes each of the objects that tag the text for screen readers by itself.

Together they are more than half of the file. PDF 1.5 has streams of objects, and a table that
finds them: ISO 32000-1, 7.5.7 and 7.5.8. Neither Chromium nor pypdf writes them.
"""

import io
import re
import struct
import zlib

from pypdf import PdfReader


def packed(pdf: bytes, about: dict[str, str]) -> bytes:
    """Return the same PDF, smaller, with other metadata: /Title, /Author and so on."""
    reader = PdfReader(io.BytesIO(pdf))
    places = sorted((start, number) for number, start in reader.xref[0].items())
    ends = [start for start, _ in places[1:]] + [pdf.rindex(b"xref", 0, pdf.rindex(b"startxref"))]
    bodies = {}
    for (start, number), end in zip(places, ends, strict=True):
        bodies[number] = re.fullmatch(rb"\d+ 0 obj(.*)endobj\s*", pdf[start:end], re.S)[1].strip()
    root, info = (reader.trailer.raw_get(key).idnum for key in ("/Root", "/Info"))
    entries = b" ".join(b"%b %b" % (key.encode(), text(value)) for key, value in about.items())
    bodies[info] = b"<< %b >>" % entries
    small = [number for number, body in bodies.items() if not body.endswith(b"endstream")]

    table = {0: (0, 0, 65535)}  # number: (1, where, 0), or (2, in which stream, at which place)
    last = max(bodies)
    for first in range(0, len(small), 500):
        last += 1
        heads, data = b"", b""
        for place, number in enumerate(small[first : first + 500]):
            table[number] = 2, last, place
            heads += b"%d %d " % (number, len(data))
            data += bodies.pop(number) + b"\n"
        entries = b"/Type /ObjStm /N %d /First %d" % (place + 1, len(heads))
        bodies[last] = stream(entries, heads + data)

    out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    pieces, position = [out], len(out)
    for number, body in bodies.items():
        table[number] = 1, position, 0
        pieces.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        position += len(pieces[-1])
    table[last + 1] = 1, position, 0
    rows = [table.get(number, (0, 0, 65535)) for number in range(last + 2)]
    entries = b"/Type /XRef /W [1 4 2] /Size %d /Root %d 0 R /Info %d 0 R" % (len(rows), root, info)
    found = stream(entries, b"".join(struct.pack(">BIH", *row) for row in rows))
    pieces.append(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (last + 1, found, position))
    return b"".join(pieces)


def text(value: str) -> bytes:
    """Write a text of any script."""
    return b"<FEFF%b>" % value.encode("utf-16-be").hex().encode()


def stream(entries: bytes, data: bytes) -> bytes:
    """Write a compressed stream."""
    data = zlib.compress(data, 9)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (
        entries,
        len(data),
        data,
    )
