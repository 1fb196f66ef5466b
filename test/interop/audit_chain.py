"""Verifies an export of Reeve's audit chain: JSON lines on standard input, standard library only.

The rule: `hash` is SHA-256 over the 32 bytes of the hash before it (zeros before the first entry), then `id`, a line feed,
`at` in UTC with milliseconds, a line feed, and `entry`, the text of the change as JSON. Ids count from 1 without a gap.
Status 0 when the chain holds, 1 when it does not; either way one JSON document says what was seen.
"""

import hashlib
import json
import sys


def fault(line, number, previous):
    """What is wrong with the entry that should be the number-th, or None."""
    if line["id"] != number:
        return "is missing"
    if bytes.fromhex(line["previous"]) != previous:
        return "does not follow the one before it"
    text = "\n".join([str(line["id"]), line["at"], line["entry"]])
    if hashlib.sha256(previous + text.encode()).hexdigest() != line["hash"]:
        return "was altered"
    said = json.loads(line["entry"])
    if any(said.get(name) != line[name] for name in ("actor", "action", "subject")):
        return "was altered"
    return None


def main():
    previous, number = bytes(32), 0
    for number, text in enumerate(sys.stdin.buffer, 1):
        line = json.loads(text)
        what = fault(line, number, previous)
        if what:
            print(json.dumps({"holds": False, "id": number, "what": what}))
            return 1
        previous = bytes.fromhex(line["hash"])
    print(json.dumps({"holds": True, "entries": number, "head": previous.hex()}))
    return 0


sys.exit(main())
