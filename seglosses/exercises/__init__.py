"""The checks behind the book's exercises: a right answer is confirmed, a wrong one gets its reason.

A page leaves ``answer = ...`` to the reader. An answer that is still ``...`` or None is not wrong, it is
not there yet, so a notebook with open exercises runs from top to bottom. One module holds the checks of one
chapter, in the order of its exercises; ``mixed`` those of the exercises across the chapters.
"""
