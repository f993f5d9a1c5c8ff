"""Texts as written -> words that can be compared: named, versioned normalisers."""
