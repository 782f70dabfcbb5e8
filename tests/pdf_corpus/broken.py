"""Damaged files: what is done to whole ones, as transports, editors and attackers do it."""

import re

from by_hand import A4, body, ending, objects, start_of, stream, table, update, xref


def make(folder):
    whole = (folder / "reportlab-a4.pdf").read_bytes()
    packed = (folder / "qpdf-object-streams.pdf").read_bytes()
    for name, file in {
        "empty": b"",
        "no-pdf": b"PK\x03\x04 renamed",
        "truncated": whole[: len(whole) * 2 // 3],
        "truncated-in-trailer": whole[: whole.rindex(b"startxref") - 20],
        "startxref-elsewhere": re.sub(rb"startxref\s+\d+", b"startxref\n77", whole),
        "startxref-behind-the-end": re.sub(rb"startxref\s+\d+", b"startxref\n99999999", whole),
        # Sent as text: lines of a Unix file got carriage returns, so that no place is right.
        "sent-as-text": whole.replace(b"\n", b"\r\n"),
        "places-off-by-seven": moved(whole, 7),
        "stream-cut": packed.replace(b"endstream", b"endstrea_", 1),
        "packed-byte-changed": flipped(packed),
        "no-root": whole.replace(b"/Root", b"/Ruin"),
        "pages-in-a-circle": table(objects(A4) | {2: b"<</Type/Pages/Count 1/Kids[2 0 R]>>"}),
        "page-twice": table(objects(A4) | {2: b"<</Type/Pages/Count 2/Kids[5 0 R 5 0 R]>>"}),
        "page-without-size": table(objects(b"")),
        "kid-missing": table(objects(A4) | {2: b"<</Type/Pages/Count 2/Kids[5 0 R 77 0 R]>>"}),
        "revisions-in-a-circle": circle(),
        "object-swapped": swapped(),
        "table-from-one": whole.replace(b"xref\n0 ", b"xref\n1 ", 1),
        # Programs disagree whether places count from the file's begin or from the header, and what a byte range then means.
        "bytes-before": table(objects(A4), head=b"HTTP/1.0 200 OK\r\n\r\n%PDF-1.4\n"),
        "bytes-before-by-transport": b"HTTP/1.0 200 OK\r\n\r\n" + whole,
        "references-in-a-circle": table(objects(A4 + b"/Annots 6 0 R") | {6: b"7 0 R", 7: b"6 0 R"}),
        "reference-to-reference": table(objects(A4 + b"/Annots 6 0 R") | {6: b"7 0 R", 7: b"[]"}),
        "nested-too-deep": table(objects(A4) | {6: b"[" * 5000 + b"]" * 5000, 2: b"<</Type/Pages/Kids[6 0 R]>>"}),
        "encrypted-by-older-revision": encrypted_before(),
        "form-no-dictionary": table(objects(A4) | {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>", 4: b"(form)"}),
    }.items():
        (folder / f"broken-{name}.pdf").write_bytes(file)


def moved(whole, by):
    return re.sub(rb"(\d{10})( \d{5} n)", lambda line: b"%010d%s" % (int(line[1]) + by, line[2]), whole)


def flipped(packed):
    """In the middle of what the first object stream has packed."""
    start = packed.index(b"stream\n", packed.index(b"/ObjStm")) + 40
    return packed[:start] + bytes([packed[start] ^ 0x55]) + packed[start + 1 :]


def circle():
    file = table(objects(A4))
    file, _ = update(file, {4: stream(b"", b"")}, 6, start_of(file))
    at = start_of(file)
    return re.sub(rb"/Prev \d+", b"/Prev %d" % at, file)


def swapped():
    """The table leads to other objects than it says."""
    out, places = body(objects(A4))
    places[2], places[5] = places[5], places[2]
    return out + xref(places) + ending(6, len(out))


def encrypted_before():
    file = table(objects(A4), more=b"/Encrypt 3 0 R")
    return update(file, {4: stream(b"", b"")}, 6, start_of(file))[0]
