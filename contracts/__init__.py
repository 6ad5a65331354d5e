"""The ground: shapes that pass a border between packages, and the few rules that two of them must decide alike.

Belongs here: the field catalogue, the rows and manifests of the data folder's files, the closed lists (outcomes, kinds
of page), signs by which an answer is no page. Pure values and functions; msgspec only.
Does not belong here: reading or writing a file, a network, a clock; anything that one package alone decides.
"""
