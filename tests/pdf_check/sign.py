"""Signs a PDF with pyHanko, as `calock seal apply` does: a visible field on the first page, RSA, SHA-256.

    python3 sign.py FILE OUT KEY.pem CERT.pem
"""

import sys

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

source, out, key, certificate = sys.argv[1:]
about = signers.PdfSignatureMetadata(field_name="Seal1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
field = SigFieldSpec("Seal1", box=(100, 100, 220, 220))
signer = signers.PdfSigner(about, signer=signers.SimpleSigner.load(key, certificate), new_field_spec=field)
with open(source, "rb") as file, open(out, "wb") as to:
    signer.sign_pdf(IncrementalPdfFileWriter(file), output=to)
