# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a query stands in a record, and what differs between two: the twin's answers to `get` with `q` and `compare`."""
import twin


# ---- marks ----

def wanted(tree, parts):
    """The words, phrases and prefixes that a tree asks for, each with the parts it is held to; nothing that it excludes."""
    kind = tree[0]
    if kind in ("all", "not"):
        return []
    if kind == "in":
        return wanted(tree[2], tree[1])
    if kind in ("and", "or", "run"):
        return [leaf for child in tree[1] for leaf in wanted(child, parts)]
    return [(tree, parts)]


def terms_of(token):
    return {token["t"], token["e"], *token["x"]}


def stretch(found, i, term):
    """From where to where a term stands that the token has: a compound found by its pieces joined is all of it."""
    last = found[i + max(found[i]["js"], 1) - 1] if term == found[i]["j"] else found[i]
    return found[i]["s"], last["s"] + last["l"]


def places(found, leaf):
    """From which byte to which a leaf stands in a part, of which `found` are the tokens. A prefix stands for words, each found
    by its stem and so marked."""
    kind, what = leaf[0], leaf[1]
    if kind == "any word of":
        return [stretch(found, i, term) for i, token in enumerate(found) for term in terms_of(token) & what]
    terms = [what] if kind == "word" else what
    return [(found[i]["s"], stretch(found, i + len(terms) - 1, terms[-1])[1]) for i in range(len(found) - len(terms) + 1)
            if all(term in terms_of(found[i + k]) for k, term in enumerate(terms))]


def united(ranges):
    """In order, those that overlap as one."""
    made = []
    for start, end in sorted(ranges):
        if made and start < made[-1][1]:
            made[-1][1] = max(end, made[-1][1])
        else:
            made.append([start, end])
    return made


def marks(record, tree, parts):
    found = {part: [] for part in twin.PARTS}
    for leaf, where in wanted(tree, parts):
        for part in where:
            found[part] += places(record.tokens[part], leaf)
    return {part: united(ranges) for part, ranges in found.items() if ranges}


# ---- compare ----

def words(text):
    """Parted by white space, which does not count."""
    return (text or "").split()


def common(a, b):
    """The length of the longest common subsequence, a column of the table at a time as the bits of a number (Hyyrö, 2004)."""
    places_of, column, mask = {}, (1 << len(a)) - 1, (1 << len(a)) - 1
    for i, word in enumerate(a):
        places_of[word] = places_of.get(word, 0) | 1 << i
    for word in b:
        met = column & places_of.get(word, 0)
        column = (column + met | column - met) & mask
    return len(a) - bin(column).count("1")
