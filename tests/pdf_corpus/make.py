#!/usr/bin/env python3
"""Makes the PDF files of this folder anew: `make.py [FOLDER]`. README.md says what must be installed.

The files are committed, so that no test needs a producer; dates, identifiers and keys in them are others each time.
"""

import sys
from pathlib import Path

import broken
import by_hand
import producers
import signed


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    # Each makes files out of those of the ones before.
    for part in (producers, by_hand, signed, broken):
        part.make(folder)
    files = sorted(folder.glob("*.pdf"))
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files)} bytes")


main()
