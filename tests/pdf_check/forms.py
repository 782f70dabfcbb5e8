"""Makes forms with empty signature fields out of a plain PDF, with pyHanko: one file for each way in which a field can wait.

    python3 forms.py PLAIN KEY CERTIFICATE FOLDER

KEY signs what is signed already in some of them. The field that waits is called "Here", or 签名.
"""

import os
import sys
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SeedSignatureType,
    SigFieldSpec,
    SigSeedSubFilter,
    SigSeedValFlags,
    SigSeedValueSpec,
    append_signature_field,
)

plain, key, certificate, folder = sys.argv[1:]
signer = SimpleSigner.load(key, certificate)
BOX = (60, 100, 260, 300)


def demand(flags, **values):
    return SigSeedValueSpec(flags=flags, **values)


PKCS7, PADES = SigSeedSubFilter.ADOBE_PKCS7_DETACHED, SigSeedSubFilter.PADES
Flags = SigSeedValFlags
FIELDS = {
    "merged": {},
    "apart": {"combine_annotation": False},
    "drawn": {"empty_field_appearance": True},
    "second page": {"on_page": 1},
    "without a place": {"box": None},
    "chinese": {"sig_field_name": "签名"},
    "locks one": {"field_mdp_spec": FieldMDPSpec(FieldMDPAction.INCLUDE, ["Other", "名"])},
    "locks all": {"field_mdp_spec": FieldMDPSpec(FieldMDPAction.ALL)},
    "locks the document": {
        "field_mdp_spec": FieldMDPSpec(FieldMDPAction.ALL),
        "doc_mdp_update_value": MDPPerm.NO_CHANGES,
    },
    "wants pkcs7": {
        "seed_value_dict": demand(
            Flags.SUBFILTER | Flags.DIGEST_METHOD | Flags.FILTER, subfilters=[PKCS7], digest_methods=["sha256"]
        )
    },
    "wants pades": {"seed_value_dict": demand(Flags.SUBFILTER | Flags.V, subfilters=[PADES], sv_dict_version=2)},
    "wants no certification": {
        "seed_value_dict": demand(Flags(0), seed_signature_type=SeedSignatureType(None), digest_methods=["sha512"])
    },
    "wants a certification": {
        "seed_value_dict": demand(Flags(0), seed_signature_type=SeedSignatureType(MDPPerm.FILL_FORMS))
    },
    "refused digest": {"seed_value_dict": demand(Flags.DIGEST_METHOD, digest_methods=["sha512"])},
    "refused reasons": {"seed_value_dict": demand(Flags.REASONS, reasons=["one", "another"])},
    "refused revocation": {"seed_value_dict": demand(Flags.ADD_REV_INFO, add_rev_info=True)},
    "refused time stamp": {
        "seed_value_dict": demand(Flags(0), timestamp_server_url="https://tsa.example", timestamp_required=True)
    },
}


def write(name, output):
    with open(os.path.join(folder, name + ".pdf"), "wb") as file:
        file.write(output.getbuffer())


def form(*fields):
    with open(plain, "rb") as file:
        writer = IncrementalPdfFileWriter(file)
        for field in fields:
            append_signature_field(writer, SigFieldSpec(**{"sig_field_name": "Here", "box": BOX, **field}))
        output = BytesIO()
        writer.write(output)
    return output


for name, field in FIELDS.items():
    write(name, form(field))

for name, said in {
    "certified": {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS},
    "certified and apart": {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS},
    "signed before": {},
}.items():
    apart = {"combine_annotation": "apart" not in name}
    output = form({"sig_field_name": "Author", "box": (300, 600, 400, 700)}, apart)
    writer = IncrementalPdfFileWriter(output)
    write(name, sign_pdf(writer, PdfSignatureMetadata(field_name="Author", md_algorithm="sha256", **said), signer))
