"""Images: found in files, decoded once into a cache, and taken from it by row."""
