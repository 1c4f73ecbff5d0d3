"""Preparing rows: fitted on a training part alone; filled, encoded, scaled, selected, resampled."""
