"""Writes tests/vectors/pdf: small files signed by pyHanko and OpenSSL, in forms that nothing here writes.

    python3 tests/pdf_check/others.py tests/vectors/pdf

Keys are made anew each time and kept nowhere; root.der is the CA of all of them.
"""

import asyncio
import datetime
import io
import pathlib
import subprocess
import sys
import tempfile

from asn1crypto import keys, x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

FROM, UNTIL = datetime.datetime(2026, 1, 1), datetime.datetime(2056, 1, 1)
RESERVED = 12000
PAGE = b"""%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>
endobj
"""


def page():
    out, places = PAGE, [PAGE.index(b"%d 0 obj" % number) for number in (1, 2, 3)]
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 4\n0000000000 65535 f \n" + rows + b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issue(subject, key, issuer, issuer_key, usage=None, is_ca=False):
    builder = (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(FROM).not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(is_ca, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.KeyUsage(not is_ca, not is_ca, False, False, False, is_ca, is_ca, False, False), True)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), True)
    return builder.sign(issuer_key, hashes.SHA256())


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)


def private(key, encoding=serialization.Encoding.DER):
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def signer(certificate, key, root, pss=False):
    store = SimpleCertificateStore()
    store.register(asn1.Certificate.load(der(root)))
    own = asn1.Certificate.load(der(certificate))
    return signers.SimpleSigner(own, keys.PrivateKeyInfo.load(private(key)), store, prefer_pss=pss)


def sign(who, digest, stamper=None, field="Signature1", pades=False):
    form = SigSeedSubFilter.PADES if pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    metadata = signers.PdfSignatureMetadata(field_name=field, md_algorithm=digest, subfilter=form)
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(page()))
    signers.PdfSigner(metadata, who, timestamper=stamper).sign_pdf(writer, output=out, bytes_reserved=RESERVED)
    return out.getvalue()


def stamped_whole(file, stamper):
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(file))
    asyncio.run(signers.PdfTimeStamper(stamper, field_name="Stamp1").async_timestamp_pdf(writer, "sha256", bytes_reserved=RESERVED, output=out))
    return out.getvalue()


def by_openssl(file, certificate, key, *options):
    """The same file with another signature over the same bytes."""
    start = file.index(b"/Contents <") + len(b"/Contents <")
    end = file.index(b">", start)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "covered").write_bytes(file[: start - 1] + file[end + 1 :])
        (folder / "certificate").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "key").write_bytes(private(key, serialization.Encoding.PEM))
        command = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", folder / "covered", "-signer", folder / "certificate",
                   "-inkey", folder / "key", *options]
        made = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return file[:start] + made.hex().encode().ljust(end - start, b"0") + file[end:]


def main(folder):
    root_key, rsa_key, curve_key, stamp_key = (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048),
                                               ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048))
    root = issue("calock test root", root_key, "calock test root", root_key, is_ca=True)
    by_rsa, by_curve = (issue(text, key, "calock test root", root_key) for text, key in (("RSA", rsa_key), ("P-256", curve_key)))
    authority = issue("calock test time stamps", stamp_key, "calock test root", root_key, ExtendedKeyUsageOID.TIME_STAMPING)
    store = SimpleCertificateStore()
    store.register(asn1.Certificate.load(der(root)))
    stamper = timestamps.DummyTimeStamper(asn1.Certificate.load(der(authority)), keys.PrivateKeyInfo.load(private(stamp_key)), store,
                                          fixed_dt=datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.timezone.utc))
    rsa_signer, curve_signer = signer(by_rsa, rsa_key, root), signer(by_curve, curve_key, root)
    plain = sign(rsa_signer, "sha256")
    files = {
        "rsa-sha512": sign(rsa_signer, "sha512"),
        "rsa-sha1": sign(rsa_signer, "sha1"),
        "pss-sha384": sign(signer(by_rsa, rsa_key, root, pss=True), "sha384"),
        "p256-sha384": sign(curve_signer, "sha384", pades=True),
        "stamped": sign(curve_signer, "sha256", stamper, pades=True),
        "stamped-whole": stamped_whole(sign(curve_signer, "sha256"), stamper),
        "ber-key-id": by_openssl(plain, by_rsa, rsa_key, "-stream", "-keyid", "-md", "sha256"),
        "pss-sha512": by_openssl(plain, by_rsa, rsa_key, "-md", "sha512", "-keyopt", "rsa_padding_mode:pss"),
        "no-attributes": by_openssl(plain, by_rsa, rsa_key, "-noattr", "-md", "sha512"),
        "p256-no-attributes": by_openssl(plain, by_curve, curve_key, "-noattr", "-stream", "-md", "sha256"),
    }
    for file, content in files.items():
        (folder / f"{file}.pdf").write_bytes(content)
    (folder / "root.der").write_bytes(der(root))


main(pathlib.Path(sys.argv[1]))
