#!/usr/bin/env python3
"""Checks a sealed OFD package, apart from the program that sealed it: zipfile and ElementTree for the container, hashlib for
SM3, a DER reader of its own for the structures, and OpenSSL for the signatures.

    ofd_check.py FILE        exit 0: everything holds; 1: something does not, said on standard error

Facts: GB/T 33190-2016 ch. 15 and 18, GM/T 0031-2014, GB/T 38540-2020, GM/T 0031-2025.
"""

import base64
import hashlib
import posixpath
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from der import Wrong, Der, require, sequence

SM3 = "1.2.156.10197.1.401"
SM2_SM3 = bytes([0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75])
NAMESPACE = "{http://www.ofdspec.org/2016}"


def sm3(data):
    return hashlib.new("sm3", data).digest()


def parse(data, root):
    try:
        tree = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Wrong(f"XML: {error}")
    require(tree.tag == NAMESPACE + root, f"root element {tree.tag} instead of {root}")
    return tree


def one(node, name):
    found = node.findall(NAMESPACE + name)
    require(len(found) == 1, f"{len(found)} × {name}")
    return found[0]


def follow(base, reference):
    path = reference if reference.startswith("/") else posixpath.join("/", posixpath.dirname(base), reference)
    return posixpath.normpath(path).lstrip("/")


def box(text):
    numbers = [float(number) for number in text.split()]
    require(len(numbers) == 4, f"box {text}")
    return numbers


class Package:
    def __init__(self, path):
        try:
            self.zip = zipfile.ZipFile(path)
            require(self.zip.testzip() is None, "a CRC is wrong")
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise Wrong(f"ZIP: {error}")
        names = [name for name in self.zip.namelist() if not name.endswith("/")]
        require(len({name.lower() for name in names}) == len(names), "a name stands there twice")
        for name in names:
            require(posixpath.normpath("/" + name) == "/" + name, f"name {name}")
        self.names = set(names)

    def read(self, name):
        require(name in self.names, f"{name} is missing")
        return self.zip.read(name)


def openssl(certificate, message, signature, what):
    """The signature over SM3(Z ‖ message), with the id of GM/T 0009."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "c").write_bytes(certificate)
        (place / "m").write_bytes(message)
        (place / "s").write_bytes(signature)
        run = lambda *words: subprocess.run(["openssl", *words], cwd=folder, capture_output=True).returncode == 0
        require(run("x509", "-inform", "DER", "-in", "c", "-pubkey", "-noout", "-out", "p"), f"{what}: certificate")
        id_ = ["-sigopt", "distid:1234567812345678"]
        require(run("dgst", "-sm3", "-verify", "p", *id_, "-signature", "s", "m"), f"{what}: signature")


def check_seal(der):
    """Reads and verifies a seal; gives its version, signers' certificates and dates."""
    outer = sequence(der)
    info = outer.take(0x30)
    flat = outer.peek() == 0x04
    maker_part = outer if flat else Der(outer.take(0x30).content)
    certificate, algorithm = maker_part.take(0x04), maker_part.take(0x06)
    signature = maker_part.take(0x03).bits()
    if flat and not outer.at_end():
        outer.take(0xA0)
    maker_part.end()
    outer.end()
    require(algorithm.content == SM2_SM3, "algorithm of the seal")

    fields = Der(info.content)
    header = Der(fields.take(0x30).content)
    require(header.take(0x16).content == b"ES", "header of the seal")
    version = header.take(0x02).number()
    require(version in ((4, 5) if flat else (1,)), f"version {version} of the seal")
    header.take(0x16)
    header.end()
    fields.take(0x16)
    about = Der(fields.take(0x30).content)
    about.take(0x02)
    about.take(0x0C).content.decode()
    if flat:
        require(about.take(0x02).number() == 1, "certListType")
    listed, signers = Der(about.take(0x30).content), []
    while not listed.at_end():
        signers.append(listed.take(0x04).content)
    times = [about.take(0x18 if flat else 0x17).time() for _ in range(3)]
    about.end()
    picture = Der(fields.take(0x30).content)
    picture.take(0x16), picture.take(0x04)
    size = picture.take(0x02).number(), picture.take(0x02).number()
    picture.end()
    if not fields.at_end():
        fields.take(0x30)
    fields.end()

    signed = info.whole if flat else Der.wrap(0x30, info.whole + certificate.whole + algorithm.whole)
    openssl(certificate.content, signed, signature, "seal")
    return version, signers, times, size


def check_value(der, path, digest, seal_file):
    """Reads and verifies a SES_Signature over Signature.xml at `path`."""
    outer = sequence(der)
    signed = outer.take(0x30)
    fields = Der(signed.content)
    version = fields.take(0x02).number()
    seal = fields.take(0x30)
    seal_version, signers, (_, start, end), size = check_seal(seal.whole)
    require(version == seal_version, "the signature's version is not the seal's")
    require(seal.whole == seal_file, "Seal.esl is not the seal that was signed")
    time = Der.utc(fields.take(0x03).bits()) if version == 1 else fields.take(0x18).time()
    require(fields.take(0x03).bits() == digest, "dataHash is not that of Signature.xml")
    require(fields.take(0x16).content.decode() == "/" + path, "propertyInfo names another file")
    where = fields if version == 1 else outer
    certificate, algorithm = where.take(0x04).content, where.take(0x06).content
    fields.end()
    signature = outer.take(0x03).bits()
    outer.end()
    require(algorithm == SM2_SM3, "algorithm of the signature")
    require(certificate in signers, "the seal does not name the signer")
    require(start <= time <= end, "sealed outside the seal's dates")
    openssl(certificate, signed.whole, signature, "document")
    return time, size


def pages(package, root_path):
    """Page IDs with their sizes in millimetres."""
    root = parse(package.read(root_path), "Document")
    usual = one(one(one(root, "CommonData"), "PageArea"), "PhysicalBox").text
    found = {}
    for page in one(root, "Pages"):
        content = parse(package.read(follow(root_path, page.get("BaseLoc"))), "Page")
        own = content.find(f"{NAMESPACE}Area/{NAMESPACE}PhysicalBox")
        found[page.get("ID")] = box(own.text if own is not None else usual)[2:]
    return found


def check_stamp(stamp, sizes, seal):
    require(stamp.get("PageRef") in sizes, f"stamp on no page: {stamp.get('PageRef')}")
    width, height = sizes[stamp.get("PageRef")]
    x, y, w, h = box(stamp.get("Boundary"))
    require((w, h) == seal, f"a stamp of {w} × {h} mm with a seal of {seal}")
    left, top, shown_w, shown_h = box(stamp.get("Clip")) if stamp.get("Clip") else (0, 0, w, h)
    require(0 <= left and 0 <= top and left + shown_w <= w and top + shown_h <= h, "a clip outside its stamp")
    # What shows lies on the page, to the micrometre.
    inside = lambda start, length, most: start >= -0.0005 and start + length <= most + 0.0005
    require(inside(x + left, shown_w, width) and inside(y + top, shown_h, height), "a stamp over the edge of its page")


def check_annotations(package, root_path, sizes):
    """Pictures that stand on pages: each is a resource that is there, on a page that is there, within it."""
    root = parse(package.read(root_path), "Document")
    link = root.find(NAMESPACE + "Annotations")
    if link is None:
        return
    pictures = {}
    for listed in one(root, "CommonData").findall(NAMESPACE + "DocumentRes"):
        res_path = follow(root_path, listed.text)
        res = parse(package.read(res_path), "Res")
        for media in res.iter(NAMESPACE + "MultiMedia"):
            file = follow(res_path, posixpath.join(res.get("BaseLoc", ""), one(media, "MediaFile").text))
            pictures[media.get("ID")] = media.get("Format"), package.read(file)
    list_path = follow(root_path, link.text)
    ids = list(pictures)
    for page in parse(package.read(list_path), "Annotations").findall(NAMESPACE + "Page"):
        require(page.get("PageID") in sizes, f"annotations of no page: {page.get('PageID')}")
        width, height = sizes[page.get("PageID")]
        file = follow(list_path, one(page, "FileLoc").text)
        for annotation in parse(package.read(file), "PageAnnot").findall(NAMESPACE + "Annot"):
            require(annotation.get("Type") in ("Link", "Path", "Highlight", "Stamp", "Watermark"), "kind of annotation")
            look = one(annotation, "Appearance")
            x, y, w, h = box(look.get("Boundary"))
            require(0 <= x and 0 <= y and x + w <= width and y + h <= height, "an annotation over the edge of its page")
            ids.append(annotation.get("ID"))
            for image in look.iter(NAMESPACE + "ImageObject"):
                form, data = pictures[image.get("ResourceID")]
                start = {"PNG": b"\x89PNG", "JPEG": b"\xff\xd8\xff"}[form]
                require(data.startswith(start), f"a picture that is no {form}")
                require(box(image.get("Boundary")) == [0, 0, w, h], "a picture that does not fill its annotation")
                require(image.get("CTM") == f"{w:g} 0 0 {h:g} 0 0", "a picture of another size")
                ids.append(image.get("ID"))
    ids += list(sizes)
    require(all(number.isdigit() for number in ids) and len(set(ids)) == len(ids), "an ID of the document stands there twice")


def check(path):
    package = Package(path)
    body = one(parse(package.read("OFD.xml"), "OFD"), "DocBody")
    list_path = follow("OFD.xml", one(body, "Signatures").text)
    listing = parse(package.read(list_path), "Signatures")
    root_path = follow("OFD.xml", one(body, "DocRoot").text)
    sizes = pages(package, root_path)
    check_annotations(package, root_path, sizes)
    lines = listing.findall(NAMESPACE + "Signature")
    require(lines, "no signature")
    ids, machinery, allowed = [], {list_path}, []
    for line in lines:
        says_path = follow(list_path, line.get("BaseLoc"))
        says = package.read(says_path)
        root = parse(says, "Signature")
        info = one(root, "SignedInfo")
        value_path = follow(says_path, one(root, "SignedValue").text)
        seal_path = follow(says_path, one(one(info, "Seal"), "BaseLoc").text)
        references = one(info, "References")
        require(line.get("Type") == "Seal" and one(info, "SignatureMethod").text == "1.2.156.10197.1.501", "kind of signature")
        require(references.get("CheckMethod") == SM3, "CheckMethod")
        covered = set()
        for reference in references:
            part = follow(says_path, reference.get("FileRef"))
            digest = base64.b64decode(one(reference, "CheckValue").text, validate=True)
            require(sm3(package.read(part)) == digest, f"{part} is not what was signed")
            require(part not in covered, f"{part} is covered twice")
            covered.add(part)
        require(not covered & {says_path, value_path}, "a signature over itself")
        time, seal = check_value(package.read(value_path), says_path, sm3(says), package.read(seal_path))
        require(one(info, "SignatureDateTime").text == time, "SignatureDateTime is not the time that was signed")
        stamps = info.findall(NAMESPACE + "StampAnnot")
        require(stamps, "a seal that stands nowhere")
        for stamp in stamps:
            check_stamp(stamp, sizes, seal)
        ids += [line.get("ID")] + [stamp.get("ID") for stamp in stamps]
        machinery |= {says_path, value_path, seal_path}
        allowed.append((covered, line is lines[-1]))
    require(len(set(ids)) == len(ids), "an ID stands there twice")
    require(one(listing, "MaxSignId").text == ids[-1], "MaxSignId is not the last ID")
    for covered, last in allowed:
        require(last or list_path not in covered, "sealed again after it was locked")
        require(package.names <= covered | machinery, f"not covered: {package.names - covered - machinery}")


if __name__ == "__main__":
    try:
        check(sys.argv[1])
    except (Wrong, ValueError, TypeError, KeyError, UnicodeError) as wrong:
        sys.exit(f"{sys.argv[1]}: {wrong}")
