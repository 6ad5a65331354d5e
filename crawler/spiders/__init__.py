"""The two spiders, ``projects`` and ``news``: they find pages and ask for those that are due. They read no page."""
