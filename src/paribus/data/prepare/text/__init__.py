"""What texts become: fitted on a training part's words, applied to any rows, sparse."""
