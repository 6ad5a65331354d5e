"""How true the reading is on pages that nobody here wrote, beside trafilatura and plain BeautifulSoup in one run.

Belongs here: a labelled folder, the readers, what a reading is worth, how quick it is. Does not belong here: the pages;
they are others' works and come as a folder. What is kept of them is ids and numbers.
"""
