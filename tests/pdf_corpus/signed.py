"""Files that others signed before: pyHanko, with keys of an hour and certificates of a century."""

import subprocess
import tempfile
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper

# Digits of the longest signature.
ROOM = 16000


def make(folder):
    with tempfile.TemporaryDirectory() as place:
        rsa, curve, clock = (person(Path(place), *who) for who in PEOPLE)
        stamper = DummyTimeStamper(clock.signing_cert, clock.signing_key)
        plain, streams, form = "reportlab-a4", "qpdf-object-streams", "reportlab-form"

        def signed(name, source, *steps):
            source = folder / f"{source}.pdf"
            with tempfile.TemporaryFile() as file:
                file.write(source.read_bytes())
                for step in steps:
                    step(IncrementalPdfFileWriter(file))
                file.seek(0)
                (folder / f"signed-{name}.pdf").write_bytes(file.read())

        def sign(field, signer=rsa, timestamper=None, spec=None, **metadata):
            def step(writer):
                about = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", **metadata)
                pdf_signer = signers.PdfSigner(about, signer=signer, timestamper=timestamper, new_field_spec=spec)
                pdf_signer.sign_pdf(writer, in_place=True, bytes_reserved=ROOM)

            return step

        def stamp(writer):
            PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256", bytes_reserved=ROOM, in_place=True)

        def empty_field(writer):
            fields.append_signature_field(writer, SigFieldSpec("Bidder", box=(300, 100, 400, 200)))
            writer.write_in_place()

        def certify(level):
            return sign("Author", certify=True, docmdp_permissions=level)

        def locking(field, spec):
            return sign(field, spec=SigFieldSpec(field, field_mdp_spec=spec))

        visible = SigFieldSpec("Visible", box=(50, 50, 250, 100))
        pades = {"subfilter": SigSeedSubFilter.PADES}
        signed("approval", plain, sign("Other"))
        signed("visible-form", form, sign("Visible", spec=visible))
        signed("pades-p256", streams, sign("Other", curve, **pades))
        signed("twice", plain, sign("First"), sign("Second", curve, **pades))
        signed("with-time", plain, sign("Other", timestamper=stamper, **pades))
        signed("document-time-stamp", streams, sign("Other"), stamp)
        signed("empty-field", plain, empty_field)
        signed("certified-p1", plain, certify(MDPPerm.NO_CHANGES))
        signed("certified-p2", plain, certify(MDPPerm.FILL_FORMS))
        signed("certified-p3", streams, certify(MDPPerm.ANNOTATE))
        signed("locks-all", form, locking("Other", FieldMDPSpec(FieldMDPAction.ALL)))
        signed("locks-some", form, locking("Other", FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["bidder"])))


RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
PEOPLE = [
    ("signer", RSA, "digitalSignature,nonRepudiation", None),
    ("curve", P256, "digitalSignature,nonRepudiation", None),
    ("clock", RSA, "digitalSignature", "critical,timeStamping"),
]


def person(place, name, algorithm, usage, purpose):
    key, certificate = place / f"{name}.key", place / f"{name}.pem"
    subprocess.run(["openssl", "genpkey", *algorithm, "-out", key], check=True, capture_output=True)
    extensions = ["-addext", f"keyUsage=critical,{usage}"]
    if purpose:
        extensions += ["-addext", f"extendedKeyUsage={purpose}"]
    request = ["openssl", "req", "-x509", "-new", "-key", key, "-subj", f"/C=CN/O=calock test/CN={name}"]
    subprocess.run([*request, "-days", "36500", *extensions, "-out", certificate], check=True, capture_output=True)
    return signers.SimpleSigner(load_cert_from_pemder(certificate), load_private_key_from_pemder(key, None), None)
