"""Putting faults of known kind and place into good drafts, and knowing all that has to be found because of them.

An injector changes a draft and says what follows: none, one or several places. What it touches it claims, so that two
faults of a draft never bear on each other; where one fault silences another, or brings one along, that is an injector
of its own.
"""
