"""The steps of a run, one a file: choose, ask, retrain the finalists, open the sealed part."""
