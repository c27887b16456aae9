"""The command line. One module per command or group; `cli.__main__` assembles them."""
