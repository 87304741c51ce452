"""The Common Expression Language, as far as rules of CRDs use it: read, compiled to closures, evaluated on nodes."""
