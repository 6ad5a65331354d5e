"""How commands print: rows in the format asked for, tables that fit a screen, CSV and JSON that are safe."""
