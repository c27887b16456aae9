"""The tables, the connections, and the rows and statements that go between them."""
