"""Image files to pixels. Light to import, without pandas: a process that decodes starts with this room
alone.
"""
