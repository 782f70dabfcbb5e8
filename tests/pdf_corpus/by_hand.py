"""Structures that the standard allows and few programs write: one file each, set byte by byte (ISO 32000-1, 7.2 to 7.7)."""

import zlib

A4 = b"/MediaBox[0 0 595.27559 841.88976]"


def make(folder):
    for name, file in FILES.items():
        (folder / f"hand-{name}.pdf").write_bytes(file())


def objects(*pages, content=b"BT /F 24 Tf 20 20 Td (Page) Tj ET"):
    """Catalog 1, tree 2, font 3, content 4, pages from 5, by their numbers."""
    kids = b" ".join(b"%d 0 R" % (5 + index) for index in range(len(pages)))
    made = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        4: stream(b"", content),
    }
    for index, page in enumerate(pages):
        made[5 + index] = b"<</Type/Page/Parent 2 0 R%s/Contents 4 0 R/Resources<</Font<</F 3 0 R>>>>>>" % page
    return made


def stream(entries, content):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def body(made, head=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", generations={}):
    out, places = head, {}
    for number, content in made.items():
        places[number] = len(out)
        out += b"%d %d obj\n%s\nendobj\n" % (number, generations.get(number, 0), content)
    return out, places


def subsections(numbers):
    """Runs of following numbers."""
    runs = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def xref(places, generations={}, zero=b"0000000000 65535 f", end=b" \n"):
    out = b"xref\n"
    for run in subsections([0, *places]):
        out += b"%d %d\n" % (run[0], len(run))
        for number in run:
            line = b"%010d %05d n" % (places[number], generations.get(number, 0)) if number else zero
            out += line + end
    return out


def ending(size, start, more=b"", last=b"\n"):
    return b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF%s" % (size, more, start, last)


def table(made, last=b"\n", more=b"", **how):
    out, places = body(made, **{key: how.pop(key) for key in ("head",) if key in how}, generations=how.get("generations", {}))
    return out + xref(places, **how) + ending(max(made) + 1, len(out), more, last)


def rows(entries, widths):
    return b"".join(value.to_bytes(width, "big") for entry in entries for value, width in zip(entry, widths) if width)


def cross_stream(out, made, places, widths=(1, 4, 2), more=b"", first=None):
    """An object that is a cross-reference stream, of all numbers or of some."""
    own = max([*made, *places]) + 1
    places = {**places, own: len(out)}
    entries = {number: (1, place, 0) for number, place in places.items()}
    if first is None:
        entries[0] = (0, 0, 65535)
    runs = subsections(entries)
    index = b" ".join(b"%d %d" % (run[0], len(run)) for run in runs)
    packed = zlib.compress(rows([entries[number] for run in runs for number in run], widths))
    head = b"/Type/XRef/W[%d %d %d]/Index[%s]/Size %d/Root 1 0 R/Filter/FlateDecode%s" % (*widths, index, own + 1, more)
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, stream(head, packed), len(out))


def update(file, made, size, start, last=b"\n"):
    out, places = file, {}
    for number, content in made.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    text = b"xref\n" + b"".join(
        b"%d %d\n" % (run[0], len(run)) + b"".join(b"%010d 00000 n \n" % places[number] for number in run)
        for run in subsections(places)
    )
    return out + text + ending(size, len(out), b"/Prev %d" % start, last), len(out)


def start_of(file):
    return int(file[file.rindex(b"startxref") + 9 :].split()[0])


def carriage_returns():
    """Lines end as on old Macs; only binary streams keep what they have."""
    return table(objects(A4, A4)).replace(b" \n", b" \r").replace(b"\n", b"\r")


def old_version():
    return table(objects(A4), head=b"%PDF-1.0\n")


def version_in_catalog():
    made = objects(A4)
    made[1] = b"<</Type/Catalog/Version/2.0/Pages 2 0 R/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>>>"
    return table(made, head=b"%PDF-1.4\n")


def comments():
    made = objects(A4)
    made[1] = b"% the catalog\n<<%>>\n/Type %name\r/Catalog\x00\x0c/Pages%R\n2 %generation\n0\tR>>%end"
    made[2] = b"<<\r\n/Type\r\n/Pages\r\n/Count +1/Kids  [  5\n0\nR  ]\n>>"
    return table(made, head=b"%PDF-1.6\n% a comment\n%%EOF\n\n")


def escaped_names():
    made = objects(b"/#4dediaBox[0 0 595 842]/#41nnots[]/Private#20Name#28x#29/A#42C")
    made[1] = b"<</Type/#43atalog/P#61ges 2 0 R/Names 6 0 R>>"
    made[6] = b"<</Text(octal \\050\\51 \\1234 \\\r\n line \\) ( nested (deep) ))/Hex<48 65 6c6C 6F2>/Empty()>>"
    return table(made)


def generations():
    made = objects(A4, A4)
    made[5] = made[5].replace(b"2 0 R", b"2 7 R").replace(b"4 0 R", b"4 3 R")
    made[6] = made[6].replace(b"2 0 R", b"2 7 R").replace(b"4 0 R", b"4 3 R")
    made[2] = made[2].replace(b"5 0 R", b"5 2 R")
    made[1] = made[1].replace(b"2 0 R", b"2 7 R")
    return table(made, generations={2: 7, 4: 3, 5: 2})


def many_revisions():
    """Thirty, each with another text; the fifteenth adds a page and the last takes it away."""
    made = objects(A4)
    file, start = table(made), None
    start = start_of(file)
    for number in range(30):
        changes = {4: stream(b"", b"BT /F 24 Tf 20 20 Td (Revision %d) Tj ET" % number)}
        if number == 15:
            changes |= {2: b"<</Type/Pages/Count 2/Kids[5 0 R 6 0 R]>>", 6: objects(A4)[5]}
        if number == 29:
            changes |= {2: b"<</Type/Pages/Count 1/Kids[5 0 R]>>"}
        file, start = update(file, changes, 7, start)
    return file


def freed_object():
    """An update gives number 6 back, and the next one uses it again with a higher generation."""
    file = table(objects(A4) | {6: b"<</Old true>>"})
    start, at = start_of(file), len(file)
    file += b"xref\n0 1\n0000000006 65535 f \n6 1\n0000000000 00001 f \n" + ending(7, at, b"/Prev %d" % start)
    place = len(file)
    file += b"6 1 obj\n<</New true>>\nendobj\n"
    return file + b"xref\n0 1\n0000000000 65535 f \n6 1\n%010d 00001 n \n" % place + ending(7, len(file), b"/Prev %d" % at)


def stream_over_table():
    """A cross-reference stream that continues a table."""
    file = table(objects(A4))
    out = file + b"4 0 obj\n" + stream(b"", b"BT /F 24 Tf 20 20 Td (Second) Tj ET") + b"\nendobj\n"
    return cross_stream(out, objects(A4), {4: len(file)}, more=b"/Prev %d" % start_of(file), first=4)


def odd_widths():
    """No column for the kind, three bytes for the place, none for the generation."""
    made = objects(A4, A4)
    out, places = body(made)
    return cross_stream(out, made, places, widths=(0, 3, 0), first=1)


def hybrid():
    """Old readers see no form; new ones read it in an object stream that XRefStm leads to."""
    made = objects(A4) | {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>>"}
    out, places = body(made)
    holder = len(out)
    form = b"<</Fields[]/DA(/F 0 Tf)>>"
    out += b"7 0 obj\n" + stream(b"/Type/ObjStm/N 1/First 4", b"6 0 " + form) + b"\nendobj\n"
    hidden = len(out)
    entries = rows([(2, 7, 0), (1, holder, 0), (1, hidden, 0)], (1, 2, 1))
    out += b"8 0 obj\n" + stream(b"/Type/XRef/W[1 2 1]/Index[6 3]/Size 9/Root 1 0 R", entries) + b"\nendobj\n"
    return out + xref(places) + ending(9, len(out), b"/XRefStm %d" % hidden)


def split_table():
    """Numbers with gaps: sections of their own."""
    made = {number if number < 4 else number * 10: text for number, text in objects(A4).items()}
    made[2] = made[2].replace(b"5 0 R", b"50 0 R")
    made[50] = made[50].replace(b"4 0 R", b"40 0 R")
    return table(made)


def streams_with_indirect_length():
    made = objects(A4)
    content = b"BT /F 24 Tf 20 20 Td (endstream endobj) Tj ET"
    made[4] = b"<</Length 6 0 R>>stream\r\n" + content + b"endstream"
    made[6] = b"%d" % len(content)
    return table(made)


def annotations():
    """A list of its own object, one in the page, an empty one, and none."""
    pages = [A4 + b"/Annots 10 0 R", A4 + b"/Annots[11 0 R]", A4 + b"/Annots[]", A4]
    made = objects(*pages)
    made[10] = b"[11 0 R 12 0 R]"
    made[11] = b"<</Type/Annot/Subtype/Square/Rect[50 50 90 90]/C[0 0 1]>>"
    made[12] = b"<</Type/Annot/Subtype/Link/Rect[10 10 40 40]/Border[0 0 0]/Dest[5 0 R/Fit]>>"
    return table(made)


def no_annotations():
    """Null, and a reference that leads to nothing."""
    return table(objects(A4 + b"/Annots 77 0 R", A4 + b"/Annots null"))


def form_in_catalog():
    """Fields below fields, a list of its own, names in UTF-16, a dynamic form's leftovers."""
    made = objects(A4 + b"/Annots[7 0 R 8 0 R]")
    made[1] = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 9 0 R/NeedAppearances true/DA(/F 10 Tf)/XFA[]>>>>"
    made[6] = b"<</T<FEFF6295>/FT/Tx/Kids[7 0 R 8 0 R]>>"
    made[7] = b"<</Type/Annot/Subtype/Widget/T(a)/Parent 6 0 R/Rect[50 500 250 520]/P 5 0 R>>"
    made[8] = b"<</Type/Annot/Subtype/Widget/T(Seal1)/Parent 6 0 R/Rect[50 400 250 420]/P 5 0 R>>"
    made[9] = b"[6 0 R]"
    return table(made)


def inherited():
    made = objects(b"", b"/Rotate 0/CropBox[10 10 400 500]", b"/MediaBox[0 0 300 300]")
    made[2] = made[2].replace(b"/Count", b"/MediaBox[0 0 842 595]/Rotate -90/Count")
    return table(made)


def large_pages():
    """A0, and 200 inches, the most that old viewers show."""
    return table(objects(b"/MediaBox[0 0 2383.937 3370.394]", b"/MediaBox[0 0 14400 14400]"))


def tiny_page():
    """As large as the seal, and one of a point."""
    return table(objects(b"/MediaBox[0 0 28.5 28.5]", b"/MediaBox[0 0 1 1]"))


FILES = {
    "cr-lines": carriage_returns,
    "version-1.0": old_version,
    "version-in-catalog": version_in_catalog,
    "comments": comments,
    "escaped-names": escaped_names,
    "generations": generations,
    "thirty-revisions": many_revisions,
    "freed-object": freed_object,
    "stream-over-table": stream_over_table,
    "odd-widths": odd_widths,
    "hybrid": hybrid,
    "split-table": split_table,
    "indirect-length": streams_with_indirect_length,
    "annotations": annotations,
    "no-annotations": no_annotations,
    "form-in-catalog": form_in_catalog,
    "inherited": inherited,
    "large-pages": large_pages,
    "tiny-page": tiny_page,
    "no-last-line-end": lambda: table(objects(A4), last=b""),
    "garbage-behind": lambda: table(objects(A4), last=b"\n\x00\x00 <html>page not found</html>\n" + b" " * 900),
    "object-zero": lambda: table(objects(A4), zero=b"0000000000 00000 f"),
    "short-lines": lambda: table(objects(A4), end=b"\n"),
}
