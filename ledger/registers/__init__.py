"""The registers as tables: loaded, checked, shown; and what nobody answers for."""
