"""Every operation of the API, each with something real to act on."""
