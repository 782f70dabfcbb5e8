"""What pyHanko says of every signature of PDF files, as one line of JSON: field, whether it holds, what it covers, what came later;
of one that it cannot judge, as with SM2 and SM3, "unknown" and why; of a file that it cannot read, one entry with "unreadable".

    python3 hanko.py FILE...

Certificates are their own roots here: chains are not pyHanko's matter, digests, signatures and changes are.
"""

import json
import logging
import sys

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def judge(signature):
    try:
        return judged(signature)
    except Exception as error:
        return {"field": signature.field_name, "unknown": repr(error)}


def judged(signature):
    stamp = signature.sig_object["/Type"] == "/DocTimeStamp"
    # A time stamp inside a signature has a signer of its own.
    attributes = signature.signer_info["unsigned_attrs"] or []
    tokens = [token["content"] for one in attributes if one["type"].native == "signature_time_stamp_token" for token in one["values"]]
    signers = [signature.signer_cert, *(certificate.chosen for token in tokens for certificate in token["certificates"])]
    context = ValidationContext(trust_roots=signers, allow_fetching=False)
    status = (validate_pdf_timestamp if stamp else validate_pdf_signature)(signature, context)
    level = status.modification_level
    return {
        "field": signature.field_name,
        "good": bool(status.intact and status.valid and status.trusted if stamp else status.bottom_line),
        "intact": status.intact,
        "valid": status.valid,
        "coverage": status.coverage.name,
        "changes": level.name if level else None,
        # A time stamp has nothing that a field could demand.
        "demands": stamp or status.seed_value_ok,
    }


def signatures(name):
    with open(name, "rb") as file:
        # Hybrid files are read only when it is not strict.
        reader = PdfFileReader(file, strict=False)
        return [judge(signature) for signature in reader.embedded_signatures]


for name in sys.argv[1:]:
    try:
        print(json.dumps(signatures(name)))
    except Exception as error:
        print(json.dumps([{"unreadable": repr(error)}]))
