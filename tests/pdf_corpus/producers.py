"""Files as programs write them, each with what it is known for."""

import io
import os
import subprocess
import tempfile
from pathlib import Path

TEXT = "A bid of three pages, set by a program.\n"


def run(*command, data=None, folder=None, **more):
    done = subprocess.run([str(word) for word in command], input=data, cwd=folder, capture_output=True, **more)
    # qpdf says 3 for warnings.
    if done.returncode not in (0, 3):
        raise SystemExit(f"{command[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def make(folder):
    for producer in (reportlab, fpdf2, images, borb, pikepdf, pypdf, typst, weasyprint, groff, pdftex, chromium):
        producer(folder)
    # These read what the ones above wrote.
    for producer in (office, qt, cups, cairo, ghostscript, poppler, mupdf, qpdf):
        producer(folder)


def reportlab(folder):
    from reportlab.lib.pagesizes import A3, A4, landscape
    from reportlab.pdfgen import canvas

    def pages(name, sizes, **options):
        drawn = canvas.Canvas(str(folder / f"reportlab-{name}.pdf"), **options)
        for number, size in enumerate(sizes):
            drawn.setPageSize(size)
            drawn.drawString(72, size[1] - 72, f"Page {number + 1}")
            drawn.showPage()
        drawn.save()

    pages("a4", [A4] * 3)
    pages("mixed-sizes", [A4, landscape(A3), (420, 420), landscape(A4)], pageCompression=0)
    pages("encrypted-rc4", [A4], encrypt="secret")

    form = canvas.Canvas(str(folder / "reportlab-form.pdf"), pagesize=A4)
    form.acroForm.textfield(name="bidder", x=100, y=600, width=200)
    form.acroForm.checkbox(name="agreed", x=100, y=500)
    form.showPage()
    form.save()

    links = canvas.Canvas(str(folder / "reportlab-outline-links.pdf"), pagesize=A4)
    links.bookmarkPage("a")
    links.addOutlineEntry("A", "a")
    links.linkRect("", "a", (0, 0, 90, 90))
    links.showPage()
    links.setPageRotation(90)
    links.linkRect("", "a", (0, 0, 90, 90))
    links.showPage()
    links.save()


def fpdf2(folder):
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("helvetica")
    for orientation in "PLP":
        pdf.add_page(orientation=orientation)
        pdf.cell(text=TEXT)
    pdf.output(str(folder / "fpdf2-turned.pdf"))


def images(folder):
    import img2pdf
    from PIL import Image

    page = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(page, "JPEG")
    (folder / "img2pdf-scans.pdf").write_bytes(img2pdf.convert([page.getvalue()] * 3))
    more = [Image.new("L", (900, 300), "white")]
    Image.new("RGB", (600, 800), "white").save(folder / "pillow-scans.pdf", save_all=True, append_images=more)


def borb(folder):
    import borb.pdf as borb

    document = borb.Document()
    page = borb.Page()
    document.append_page(page)
    borb.SingleColumnLayout(page).append_layout_element(borb.Paragraph(TEXT))
    borb.PDF.write(what=document, where_to=str(folder / "borb.pdf"))


def pikepdf(folder):
    from pikepdf import Array, Dictionary, Name, Pdf

    # Ten levels of nodes; size, crop box and rotation stand at different ones.
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=(300, 400))
    leaf = pdf.pages[0].obj
    root = pdf.Root.Pages
    del leaf.MediaBox
    node = root
    for level in range(10):
        below = pdf.make_indirect(Dictionary(Type=Name.Pages, Parent=node, Count=1, Kids=Array([])))
        node.Kids = Array([below])
        node = below
        if level == 2:
            node.MediaBox = Array([0, 0, 300, 400])
        if level == 5:
            node.CropBox = Array([20, 30, 280, 390])
        if level == 8:
            node.Rotate = 270
    node.Kids = Array([leaf])
    leaf.Parent = node
    pdf.save(folder / "pikepdf-deep-tree.pdf", object_stream_mode=__import__("pikepdf").ObjectStreamMode.generate)


def pypdf(folder):
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, FloatObject, NameObject, NumberObject

    pdf = PdfWriter()
    for _ in range(4):
        pdf.add_blank_page(300, 500)
    for number, degrees in enumerate([0, 90, 180, 270]):
        pdf.pages[number].rotate(degrees)
    pdf.pages[0][NameObject("/UserUnit")] = FloatObject(1.5)
    # Other corners first, and an origin that is not 0.
    pdf.pages[1][NameObject("/MediaBox")] = ArrayObject([NumberObject(number) for number in (310, 520, 10, 20)])
    pdf.pages[2][NameObject("/CropBox")] = ArrayObject([FloatObject(number) for number in (10.5, 20.25, 280.75, 480)])
    pdf.pages[3][NameObject("/CropBox")] = ArrayObject([NumberObject(number) for number in (-50, -50, 400, 450)])
    pdf.write(folder / "pypdf-rotated-cropped.pdf")

    pdf = PdfWriter(str(folder / "reportlab-a4.pdf"), incremental=True)
    pdf.add_metadata({"/Title": "second revision"})
    pdf.write(folder / "pypdf-incremental.pdf")
    assert len(PdfReader(folder / "pypdf-incremental.pdf").pages) == 3


def typst(folder):
    import typst

    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "bid.typ"
        source.write_text(f"#set page(paper: \"a4\")\n= Bid\n{TEXT}\n#pagebreak()\n{TEXT}")
        (folder / "typst.pdf").write_bytes(typst.compile(source))
        (folder / "typst-a-2b.pdf").write_bytes(typst.compile(source, pdf_standards=["a-2b"]))


def weasyprint(folder):
    from weasyprint import HTML

    style = "<style>@page { size: A4 } body { font-family: 'DejaVu Sans' }</style>"
    text = f"<h1>Bid</h1><p>{TEXT}<p style='page-break-before: always'>{TEXT}"
    HTML(string=style + text).write_pdf(folder / "weasyprint.pdf")
    HTML(string=style + text).write_pdf(folder / "weasyprint-ua.pdf", pdf_variant="pdf/ua-1")


def groff(folder):
    (folder / "groff.pdf").write_bytes(run("groff", "-Tpdf", data=(".sp 3\n" + TEXT + ".bp\n" + TEXT).encode()))


def pdftex(folder):
    source = "\\pdfpagewidth=210mm \\pdfpageheight=297mm %s\n" + TEXT + "\\vfill\\eject " + TEXT + "\\bye\n"
    for name, more in (("pdftex", ""), ("pdftex-plain", "\\pdfobjcompresslevel=0 \\pdfminorversion=3 ")):
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "bid.tex").write_text(source % more)
            run("pdftex", "-interaction=batchmode", "bid.tex", folder=place)
            (folder / f"{name}.pdf").write_bytes((Path(place) / "bid.pdf").read_bytes())


def chromium(folder):
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "bid.html"
        page.write_text(f"<h1>Bid</h1><p>{TEXT}<p style='page-break-before:always'><a href='#x'>{TEXT}</a><p id=x>")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        run("chromium", *options, f"--user-data-dir={place}/profile", f"--print-to-pdf={folder}/skia-chromium.pdf", page)


def office(folder):
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "bid.html").write_text(f"<h1>Bid</h1><p>{TEXT}<p>{TEXT}")
        profile = f"-env:UserInstallation=file://{place}/profile"
        convert = ["soffice", "--headless", profile, "--convert-to", "pdf:writer_web_pdf_Export", "bid.html"]
        run(*convert, folder=place)
        (folder / "libreoffice.pdf").write_bytes((Path(place) / "bid.pdf").read_bytes())


def qt(folder):
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "bid.html"
        page.write_text(f"<h1>Bid</h1><p>{TEXT}")
        screen = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        run("wkhtmltopdf", "--quiet", page, folder / "qt-wkhtmltopdf.pdf", env=screen)


def cups(folder):
    program = "/usr/lib/cups/filter/texttopdf"
    said = run(program, "1", "bidder", "bid", "1", "", data=TEXT.encode(), env={**os.environ, "CHARSET": "utf-8"})
    (folder / "cups-texttopdf.pdf").write_bytes(said)


def cairo(folder):
    run("pdftocairo", "-pdf", folder / "reportlab-mixed-sizes.pdf", folder / "cairo.pdf")


def ghostscript(folder):
    source = folder / "reportlab-a4.pdf"
    for name, option in (("1.2", "-dCompatibilityLevel=1.2"), ("2.0", "-dCompatibilityLevel=2.0"), ("fast", "-dFastWebView=true")):
        out = folder / f"ghostscript-{name}.pdf"
        run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", option, f"-sOutputFile={out}", source)


def poppler(folder):
    run("pdfunite", folder / "reportlab-a4.pdf", folder / "fpdf2-turned.pdf", folder / "poppler-united.pdf")


def mupdf(folder):
    source = folder / "reportlab-outline-links.pdf"
    run("mutool", "clean", "-gggg", "-z", source, folder / "mupdf-garbage-collected.pdf")
    run("mutool", "clean", "-d", "-a", source, folder / "mupdf-ascii.pdf")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "page").write_text("%%MediaBox 0 0 300 300\n%%Font F Times-Roman\nBT /F 20 Tf 50 200 Td (Bid) Tj ET\n")
        run("mutool", "create", "-o", folder / "mupdf-created.pdf", "page", "page", folder=place)


def qpdf(folder):
    thousand_pages(folder)
    for source, name, options in [
        ("reportlab-a4", "linearized", ["--linearize"]),
        ("reportlab-form", "object-streams", ["--object-streams=generate"]),
        ("libreoffice", "linearized-object-streams", ["--linearize", "--object-streams=generate"]),
        ("fpdf2-turned", "qdf", ["--qdf"]),
        ("reportlab-a4", "encrypted-aes-256", ["--encrypt", "", "owner", "256", "--"]),
        ("reportlab-a4", "encrypted-aes-128", ["--encrypt", "", "owner", "128", "--use-aes=y", "--"]),
        ("reportlab-a4", "encrypted-rc4-40", ["--allow-weak-crypto", "--encrypt", "", "owner", "40", "--"]),
    ]:
        run("qpdf", folder / f"{source}.pdf", *options, folder / f"qpdf-{name}.pdf")


def thousand_pages(folder):
    """Drawn by ReportLab, its equal streams made one by MuPDF, its objects packed by qpdf."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas

    with tempfile.TemporaryDirectory() as place:
        drawn = canvas.Canvas(f"{place}/drawn.pdf", pagesize=A4)
        for _ in range(1000):
            drawn.drawString(72, 700, TEXT)
            drawn.showPage()
        drawn.save()
        run("mutool", "clean", "-gggg", f"{place}/drawn.pdf", f"{place}/one.pdf")
        run("qpdf", "--object-streams=generate", f"{place}/one.pdf", folder / "qpdf-thousand-pages.pdf")
