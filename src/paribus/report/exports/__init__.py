"""The report's tables as typed records, and what draws them: workbook, CSV, Parquet, Markdown, LaTeX, PDF."""
