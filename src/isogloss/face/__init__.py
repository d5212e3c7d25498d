"""The public face: what `import isogloss` gives beyond the nouns of `core`. Nobody inside imports it."""
