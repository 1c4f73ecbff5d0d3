"""Where rows come from: a builtin data set, openml.org, the Hugging Face hub, a file here or behind an
address, a folder of texts or images, a DataFrame.
"""
