"""Runs a command and says how long it took and how much memory it had at most: {"ms": …, "mib": …}.

    python3 -S measure.py [--stdin TEXT] COMMAND...

A command that needs less than this Python itself, some nine MiB, is shown with that.
"""

import json
import resource
import subprocess
import sys
import time

words = sys.argv[1:]
text = None
if words[0] == "--stdin":
    text = words[1].encode()
    words = words[2:]
began = time.monotonic()
ran = subprocess.run(words, input=text, capture_output=True)
took = time.monotonic() - began
if ran.returncode != 0:
    sys.exit(f"{words[0]} ended with {ran.returncode}: {ran.stderr.decode(errors='replace')}")
# Linux counts in KiB.
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"ms": took * 1000, "mib": most}))
