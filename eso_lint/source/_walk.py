import os
from collections import namedtuple
from eso_lint.source.node import SourceFile
D = namedtuple("D", "files skipped paths")
def find_root(p):
    q = os.path.abspath(p)
    if not os.path.isdir(q): q = os.path.dirname(q)
    d = q
    while True:
        if os.path.exists(os.path.join(d, ".git")): return d
        if os.path.dirname(d) == d: return q
        d = os.path.dirname(d)
def discover(root, words, exclude, git, max_size, force):
    out = []
    for base, dirs, files in os.walk(root):
        dirs[:] = [d for d in dirs if d != ".git"]
        for f in files:
            p = os.path.join(base, f)
            if os.path.isfile(p) and os.path.getsize(p) < max_size:
                out.append(SourceFile(os.path.relpath(p, root), open(p, "rb").read()))
    out.sort(key=lambda f: f.path)
    return D(tuple(out), (), frozenset(f.path for f in out))
