"""What pyHanko says of every signature of PDF files, as one line of JSON: field, whether it holds, what it covers, what came later.

    python3 hanko.py FILE...

Certificates are their own roots here: chains are not pyHanko's matter, digests, signatures and changes are.
"""

import json
import logging
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def judge(signature):
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    level = status.modification_level
    return {
        "field": signature.field_name,
        "good": bool(status.bottom_line),
        "intact": status.intact,
        "valid": status.valid,
        "coverage": status.coverage.name,
        "changes": level.name if level else None,
        "demands": status.seed_value_ok,
    }


for name in sys.argv[1:]:
    with open(name, "rb") as file:
        # Hybrid files are read only when it is not strict.
        reader = PdfFileReader(file, strict=False)
        print(json.dumps([judge(signature) for signature in reader.embedded_signatures]))
