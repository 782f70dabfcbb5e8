"""stored.py DATA_FOLDER ALGORITHM: verifies the newest stored login with the OpenSSL command line.

Nothing of calock takes part: the statement, the signature and the certificate are read from the portal's SQLite file, and
OpenSSL judges. It also proves that its judge can say no, on a statement with one letter changed.
"""

import base64
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

# SM2 needs the signer's id and raw input, so that OpenSSL computes Z itself (GB/T 32918.2 5.5).
VERIFY = {
    "SM2-SM3": ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
    "RS256": ["-rawin", "-digest", "sha256"],
    "ES256": ["-rawin", "-digest", "sha256"],
}


def newest_login(folder):
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.is_file() and file.read_bytes()[:16] == b"SQLite format 3\0":
            database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
            query = "SELECT statement, algorithm, signature, certificate FROM evidence WHERE purpose = 'login' ORDER BY at DESC LIMIT 1"
            row = database.execute(query).fetchone()
            database.close()
            if row:
                return row
    sys.exit(f"no login is stored below {folder}")


def verifies(folder, algorithm, statement, signature, certificate):
    (folder / "statement").write_bytes(statement)
    (folder / "signature").write_bytes(signature)
    (folder / "certificate").write_bytes(certificate)
    key = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-in", folder / "certificate", "-noout", "-pubkey"],
        check=True, capture_output=True,
    ).stdout
    (folder / "key").write_bytes(key)
    judge = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder / "key", "-in", folder / "statement"]
    judge += ["-sigfile", folder / "signature", *VERIFY[algorithm]]
    return subprocess.run(judge, capture_output=True).returncode == 0


def main():
    data, wanted = sys.argv[1:]
    statement, algorithm, signature, certificate = newest_login(data)
    if algorithm != wanted:
        sys.exit(f"the stored algorithm is {algorithm}, not {wanted}")
    statement = statement.encode("ascii")
    arguments = [algorithm, statement, base64.b64decode(signature), base64.b64decode(certificate)]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if not verifies(folder, *arguments):
            sys.exit("OpenSSL does not accept the stored signature")
        arguments[1] = statement.replace(b"purpose=login", b"purpose=logim")
        if verifies(folder, *arguments):
            sys.exit("OpenSSL accepts a changed statement: the check proves nothing")


if __name__ == "__main__":
    main()
