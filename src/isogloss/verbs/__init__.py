"""What the command line does: one function per verb.

What a verb needs is imported inside it, so that --help starts at once.
"""
