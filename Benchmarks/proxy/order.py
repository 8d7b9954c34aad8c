"""Prints the functions that a run counted by Callgrind went through, each followed by those that it calls.

    order.py COUNTS

COUNTS is Callgrind's file (https://valgrind.org/docs/manual/cl-format.html): `fn=(number) name` begins what a function
itself did, a line of position and cost each, and `cfn=` with `calls=` what it called, whose cost is in the line behind.
"""

import collections
import re
import sys


def read(path):
    """The names by their numbers, what each function did itself, and whom it called."""
    names, own, called = {}, collections.Counter(), collections.defaultdict(list)

    def number(text):
        found = re.match(r"\((\d+)\)(?: (.*))?", text)
        if found[2]:
            # The second level of a recursion has a name of its own.
            names[found[1]] = re.sub(r"'\d+$", "", found[2])
        return found[1]

    with open(path) as lines:
        current = None
        for line in lines:
            if line.startswith("fn="):
                current = number(line[3:].strip())
            elif line.startswith("cfn="):
                callee = number(line[4:].strip())
            elif line.startswith("calls="):
                called[current].append((int(next(lines).split()[1]), callee))
            elif current and re.match(r"[\d+*-]", line) and len(line.split()) > 1:
                own[current] += int(line.split()[1])
    return names, own, called


def order(names, own, called):
    """The names, depth first from whoever did most with all that it called."""
    total = {each: own[each] + sum(cost for cost, _ in called[each]) for each in names}
    seen, printed = set(), {}
    for root in sorted(names, key=lambda each: -total[each]):
        waiting = [root]
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            if own[each]:
                printed.setdefault(names[each])
            waiting += [callee for _, callee in reversed(called[each])]
    return printed


# Functions without a name are called by their address.
print("\n".join(name for name in order(*read(sys.argv[1])) if re.fullmatch(r"[A-Za-z_$][\w$.]*", name)))
